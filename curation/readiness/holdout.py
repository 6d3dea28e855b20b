"""How many held-out rows show an improvement: planning the comparison before paying for it."""

from math import ceil, sqrt

Z_BOTH = 1.959963984540054
"""Standard normal quantile at .975: a two-sided test at 5 %."""
Z_POWER = 0.8416212335729143
"""Standard normal quantile at .80: the improvement is found four times in five."""
CORRELATION = 0.5
"""Between the two systems' hits on the same row (the design's table assumes it)."""
LARGEST = 10_000_000


def rows_for(lift: float, base: float = 0.8) -> int:
    """Rows both systems must answer for a lift (0..1) over `base` to be found 4 times in 5.

    Paired comparison of two shares (Connor, Biometrics 1987). A lift of nothing, or past 100 %, needs `LARGEST`.
    """
    better = base + lift
    if lift <= 0 or better > 1:
        return LARGEST
    apart = base * (1 - better) + better * (1 - base)
    apart -= 2 * CORRELATION * sqrt(base * (1 - base) * better * (1 - better))
    apart = max(apart, lift)
    return ceil(((Z_BOTH * sqrt(apart) + Z_POWER * sqrt(max(0.0, apart - lift**2))) / lift) ** 2)

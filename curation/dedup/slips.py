"""Whether one word is another with a typing slip in it."""

_SLIP_LENGTH, _TWO_SLIPS_LENGTH = 5, 8
"""Shortest words in which one, and two, changed letters pass as a typing slip: "Iran" and "Iraq" stay apart."""


def slip(a: str, b: str) -> bool:
    """Whether one word is the other with a letter (two in long words) changed, lost, added or two swapped."""
    longest, gap = max(len(a), len(b)), abs(len(a) - len(b))
    if longest < _SLIP_LENGTH or gap > 1:
        return False
    return _distance(a, b, 2) <= (2 if longest >= _TWO_SLIPS_LENGTH else 1)


def _distance(a: str, b: str, most: int) -> int:
    """Optimal string alignment distance (edits and swaps of neighbours), `most` + 1 when it is larger."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if older and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]

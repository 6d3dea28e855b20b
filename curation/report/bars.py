"""Bars inside the page: what became of the rows, and what each way costs; numbers and our own words in, SVG out."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from curation.wording import money

WIDTH = 640
LEAST = 2.0
"""Pixels of the smallest part, so that one row of ten thousand is seen."""
BAR, STEP = 12, 19
"""Height of a bar of costs, and how far the next one is below it."""
NAMES, SUMS = 218, 170
"""Width of the names before the bars of costs, and of the sums behind them."""
SHADES = 6
"""Shades for the reasons rows are left out for (report.css); more reasons share the last."""


@dataclass(frozen=True)
class Part:
    """Rows that share a fate: kept (`shade` 0), or left out for a reason (`shade` from 1 on)."""

    name: str
    rows: int
    shade: int


@dataclass(frozen=True)
class Way:
    """One way of doing the task: first-year cost (value, low, high), of which `once` before the first call.

    `barred` says why it is ruled out, "" where it is not; `is_part` that something is not counted.
    """

    name: str
    first_year: tuple[float, float, float]
    once: float
    barred: str = ""
    is_part: bool = False


def rows_svg(parts: Sequence[Part]) -> Markup:
    """One bar of all rows, the kept ones first; "" where there are none."""
    total = sum(part.rows for part in parts)
    if not total:
        return Markup("")
    shown = [part for part in parts if part.rows]
    wide = [max(LEAST, part.rows / total * WIDTH) for part in shown]
    left, pieces = 0.0, []
    for part, width in zip(shown, (one * WIDTH / sum(wide) for one in wide)):
        pieces.append(f'<rect class="shade{part.shade}" x="{left:.1f}" y="0" width="{width:.1f}" height="26"/>')
        left += width
    return _svg("rows", 26, f"{total:,} rows: what became of them", pieces, "none")


def swatch(name: str) -> Markup:
    """The colour of a part (shade0, shade1, ..., once, running), for its line in the legend."""
    return Markup(  # noqa: S704 - an escaped name and our own words only
        f'<svg class="swatch" viewBox="0 0 10 10" aria-hidden="true"><rect class="{escape(name)}" width="10" '
        'height="10"/></svg>'
    )


def costs_svg(ways: Sequence[Way]) -> Markup:
    """A bar a way, making it apart from running it for a year, with its range; one ruled out has no bar."""
    most = max((way.first_year[2] for way in ways if not way.barred), default=0.0)
    if not ways or most <= 0:
        return Markup("")
    scale, pieces = (WIDTH - NAMES - SUMS) / most, list[str]()
    for n, way in enumerate(ways):
        y = n * STEP
        pieces.append(f'<text class="way" x="0" y="{y + BAR - 2}">{escape(way.name)}</text>')
        if way.barred:
            pieces.append(f'<text class="out" x="{NAMES}" y="{y + BAR - 2}">ruled out: {escape(way.barred)}</text>')
            continue
        value, low, high = (max(0.0, one) * scale for one in way.first_year)
        once = min(value, max(0.0, way.once) * scale)
        pieces.append(f'<rect class="once" x="{NAMES}" y="{y}" width="{once:.1f}" height="{BAR}"/>')
        part = " part" if way.is_part else ""
        pieces.append(
            f'<rect class="running{part}" x="{NAMES + once:.1f}" y="{y}" width="{value - once:.1f}" height="{BAR}"/>'
        )
        if high - low > 1:
            ends = "".join(f"M{NAMES + x:.1f} {y + 3}v{BAR - 6}" for x in (low, high))
            pieces.append(f'<path class="range" d="M{NAMES + low:.1f} {y + BAR / 2}H{NAMES + high:.1f}{ends}"/>')
        total = money(way.first_year)
        pieces.append(f'<text class="sum" x="{NAMES + max(value, high) + 6:.1f}" y="{y + BAR - 2}">{total}</text>')
    return _svg("costs", len(ways) * STEP, "Cost of the first year by way of doing it", pieces)


def _svg(name: str, height: float, label: str, pieces: Sequence[str], ratio: str = "xMinYMin") -> Markup:
    return Markup(  # noqa: S704 - numbers, escaped names and our own words only
        f'<svg class="{name}" role="img" aria-label="{escape(label)}" preserveAspectRatio="{ratio}" '
        f'viewBox="0 0 {WIDTH} {height:.0f}">'
        f"{''.join(pieces)}</svg>"
    )

"""The learning curve as a picture inside the page: numbers in, SVG out; nothing from the data's text is in it."""

from collections.abc import Mapping, Sequence
from math import ceil, floor, log
from typing import Any

from markupsafe import Markup

from curation.wording import percent

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 52, 150, 14, 40
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)
"""How far lines of the grid may be apart, in score: round figures."""
GRID = 5
"""Steps of the grid at most, 50 pixels or more apart."""


def curve_svg(detail: Mapping[str, Any]) -> Markup:
    """Measured points, fitted line with its 90 % band, and the ceiling wrong labels set, against rows (logarithmic).

    `detail` is that of the evidence item `curve`; "" when it holds no points.
    """
    sizes, points = detail.get("sizes") or (), detail.get("points") or ()
    if not sizes or not points:
        return Markup("")
    line = [tuple(map(float, point)) for point in detail.get("line") or ()]
    ceiling = float(detail.get("ceiling", 1.0))
    plane = _Plane(sizes, points, line, ceiling)
    parts = [*plane.grid(), *plane.band(line)]
    shown = [point for point in line if point[0] <= sizes[-1]]
    foretold = [point for point in line if point[0] >= (shown[-1][0] if shown else 0)]
    parts += [plane.path("line", shown), plane.path("line ahead", foretold)]
    for one in points:
        parts += [plane.dot("point", size, score, 2) for size, score in zip(sizes, one)]
    means = [sum(scores) / len(scores) for scores in zip(*points)]
    parts += [plane.dot("mean", size, score, 4) for size, score in zip(sizes, means)]
    if ceiling < 1:
        parts += plane.rule(ceiling)
    if len(foretold) > 1:
        rows, value = foretold[-1][:2]
        parts.append(plane.text(plane.x(rows) + 8, plane.y(value) + 4, f"{percent(value)} at {rows:,.0f} rows"))
    label = "Score of the small stand-in model against the rows it learned from"
    inside = "".join(parts)
    return Markup(  # noqa: S704 - numbers and our own words only
        f'<svg class="curve" role="img" aria-label="{label}" viewBox="0 0 {WIDTH} {HEIGHT}">{inside}</svg>'
    )


class _Plane:
    """Rows and scores as places on the picture."""

    def __init__(
        self,
        sizes: Sequence[float],
        points: Sequence[Sequence[float]],
        line: Sequence[tuple[float, ...]],
        ceiling: float,
    ) -> None:
        scores = [score for one in points for score in one] + [end for point in line for end in point[2:]]
        scores += [ceiling] if ceiling < 1 else []
        low, high = min(scores), max(scores)
        self.step = next((step for step in STEPS if (high - low) / step <= GRID), STEPS[-1])
        self.low = max(0.0, floor(low / self.step + 1e-9) * self.step)
        self.high = min(1.0, max(ceil(high / self.step - 1e-9) * self.step, self.low + self.step))
        self.first, self.last = float(sizes[0]), max(float(sizes[-1]), *(point[0] for point in line), 1.0)
        self.sizes = sizes

    def x(self, rows: float) -> float:
        share = log(max(rows, 1e-9) / self.first) / max(log(self.last / self.first), 1e-9)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, score: float) -> float:
        return TOP + (self.high - score) / max(self.high - self.low, 1e-9) * (HEIGHT - TOP - BOTTOM)

    def grid(self) -> list[str]:
        parts = []
        for n in range(round((self.high - self.low) / self.step) + 1):
            score = self.low + n * self.step
            y = self.y(score)
            parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
            parts.append(self.text(LEFT - 8, y + 4, percent(score), "end"))
        ticks = {float(self.sizes[0]), float(self.sizes[-1]), self.last}
        parts += [self.text(self.x(rows), HEIGHT - BOTTOM + 18, f"{rows:,.0f}", "middle") for rows in sorted(ticks)]
        middle = (LEFT + WIDTH - RIGHT) / 2
        return [*parts, self.text(middle, HEIGHT - 4, "rows to learn from (logarithmic)", "middle")]

    def band(self, line: Sequence[tuple[float, ...]]) -> list[str]:
        if len(line) < 2:
            return []
        edge = [(rows, high) for rows, _, _, high in line] + [(rows, low) for rows, _, low, _ in reversed(line)]
        places = " ".join(f"{self.x(rows):.1f},{self.y(score):.1f}" for rows, score in edge)
        return [f'<polygon class="band" points="{places}"/>']

    def path(self, kind: str, line: Sequence[tuple[float, ...]]) -> str:
        places = " ".join(f"{self.x(point[0]):.1f},{self.y(point[1]):.1f}" for point in line)
        return f'<polyline class="{kind}" points="{places}"/>' if len(line) > 1 else ""

    def dot(self, kind: str, rows: float, score: float, radius: int) -> str:
        return f'<circle class="{kind}" cx="{self.x(rows):.1f}" cy="{self.y(score):.1f}" r="{radius}"/>'

    def rule(self, score: float) -> list[str]:
        y = self.y(score)
        words = self.text(LEFT + 6, y - 5, "most that wrong labels allow")
        return [f'<line class="ceiling" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>', words]

    @staticmethod
    def text(x: float, y: float, words: str, anchor: str = "start") -> str:
        return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'

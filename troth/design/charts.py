"""Simple charts, drawn by the server: bars and lines with direct labels, pattern as well as colour, a table near."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Literal

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from troth.design.coins import COIN_SHAPES
from troth.design.values import Link

Fill = Literal["rule", "slate", "ochre", "seal", "hatch"]
_names = count(1)  # patterns need a name that is unique on the page


@dataclass(frozen=True)
class Series:
    """One kind of thing counted, and how its bars are filled."""

    name: str
    fill: Fill
    numbers: tuple[float, ...]


@dataclass(frozen=True)
class Chart:
    """
    Stacked bars, or lines, over named steps. `says` is the picture in one sentence, for those who do not see it.

    `table` leads to the same figures as a table. `mark` is the one annotation: a step and what matters about it.

    :raises ValueError: a series has not one number for each step, or a number is below zero.
    """

    says: str
    steps: tuple[str, ...]
    series: tuple[Series, ...]
    table: Link
    mark: tuple[int, str] | None = None
    shape: Literal["bars", "line"] = "bars"

    def __post_init__(self) -> None:
        for series in self.series:
            if len(series.numbers) != len(self.steps) or min(series.numbers) < 0:
                raise ValueError(
                    f"“{series.name}” needs one number, not below zero, for each of {len(self.steps)} steps."
                )

    @property
    def top(self) -> float:
        """The highest gridline: a round number over the tallest bar, with at most five lines below and on it."""
        if self.shape == "bars":
            tallest = max(sum(column) for column in zip(*(series.numbers for series in self.series), strict=True))
        else:
            tallest = max(max(series.numbers) for series in self.series)
        return _round_up(tallest)

    def svg(self) -> SafeString:
        """This will draw the chart; the stylesheet fits it to its column and keeps its words readable on a phone."""
        return _draw(self)


def _round_up(number: float) -> float:
    size = 4.0
    while True:
        for step in (1, 1.5, 2, 3, 5, 7.5):
            # A gridline is a whole number: there is no half of a person.
            if size * step >= number and (size * step / 4).is_integer():
                return size * step
        size *= 10


def _pattern(name: str, fill: Fill) -> str:
    """Dots on ochre, a hatch in ink: these two are told apart without colour; the others by their place and label."""
    if fill == "ochre":
        return (
            f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse">'
            '<path class="fill-ochre" d="M0 0h6v6H0z"/>'
            '<circle class="fill-ink" cx="3" cy="3" r=".8"/></pattern>'
        )
    return (
        f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<path class="fill-paper" d="M0 0h6v6H0z"/>'
        '<path class="hatch" d="M-1 7 7-1M-1 1 1-1M5 7 7 5"/></pattern>'
    )


def _draw(chart: Chart) -> SafeString:
    left, right, ceiling, floor = 46.0, 436.0, 20.0, 206.0
    slot = (right - left) / len(chart.steps)
    top = chart.top
    name = f"chart-{next(_names)}"

    def height(number: float) -> float:
        return (floor - ceiling) * number / top

    out = [
        "<defs>",
        *(
            _pattern(f"{name}-{series.fill}", series.fill)
            for series in chart.series
            if series.fill in {"ochre", "hatch"}
        ),
        "</defs>",
    ]
    for index in range(5):
        y = floor - (floor - ceiling) * index / 4
        out.append(f'<path class="{"chart-floor" if index == 0 else "chart-grid"}" d="M{left:g} {y:g}H{right:g}"/>')
        out.append(f'<text class="chart-number" x="{left - 8:g}" y="{y + 4.5:g}">{top * index / 4:,g}</text>')
    for place, step in enumerate(chart.steps):
        out.append(
            f'<text class="chart-step{" chart-step-odd" if place % 2 else ""}" x="{left + (place + 0.5) * slot:.1f}"'
            f' y="{floor + 20:g}">{conditional_escape(step)}</text>'
        )
    if chart.shape == "bars":
        for place in range(len(chart.steps)):
            y = floor
            for series in chart.series:
                tall = height(series.numbers[place])
                if tall <= 0:
                    continue
                y -= tall
                look = (
                    f'fill="url(#{name}-{series.fill})"'
                    if series.fill in {"ochre", "hatch"}
                    else f'class="fill-{series.fill}"'
                )
                out.append(
                    f'<rect {look} x="{left + place * slot + slot * 0.18:.1f}" y="{y:.1f}" width="{slot * 0.64:.1f}"'
                    f' height="{max(tall - 1, 0.8):.1f}"/>'
                )
    else:
        for series in chart.series:
            points = [
                (left + (place + 0.5) * slot, floor - height(number)) for place, number in enumerate(series.numbers)
            ]
            path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
            out.append(f'<path class="chart-line line-{series.fill}" d="M{path}"/>')
            out.append(
                f'<circle class="fill-{series.fill}" cx="{points[-1][0]:.1f}" cy="{points[-1][1]:.1f}" r="4"/>'
            )
    if chart.mark:
        out.append(_mark(chart, *chart.mark, slot=slot, left=left, floor=floor, tall=height))
    return format_html(
        '<svg class="chart" viewBox="0 0 440 232" role="img" aria-label="{}">{}</svg>',
        chart.says,
        mark_safe("".join(out)),  # noqa: S308
    )


def _mark(
    chart: Chart, place: int, words: str, *, slot: float, left: float, floor: float, tall: Callable[[float], float]
) -> str:
    """The one annotation: beside a bar's top, or on the side of a line's point where the line does not run."""
    late = place > len(chart.steps) * 0.55
    heights = [
        tall(
            sum(series.numbers[step] for series in chart.series)
            if chart.shape == "bars"
            else max(series.numbers[step] for series in chart.series)
        )
        for step in range(len(chart.steps))
    ]
    aside, drop = slot * 0.32 + 6, 10.0
    if chart.shape == "line":
        neighbour = heights[max(place - 1, 0) if late else min(place + 1, len(heights) - 1)]
        aside, drop = 0.0, 20.0 if neighbour > heights[place] else -12.0
    x = left + (place + 0.5) * slot + (-aside if late else aside)
    return (
        f'<text class="chart-mark{" chart-mark-left" if late else ""}" x="{x:.1f}"'
        f' y="{max(floor - heights[place] + drop, 16):.1f}">'
        f"{conditional_escape(words)}</text>"
    )


@dataclass(frozen=True)
class Going:
    """One kind of data and the day it goes by; `gone` means that it has."""

    what: str
    until: date
    words: str
    gone: bool = False


@dataclass(frozen=True)
class Goings:
    """When each kind of data goes, over the years from this one on. The words beside each line say the same."""

    today: date
    lines: tuple[Going, ...]

    @property
    def years(self) -> list[int]:
        """The years that the picture spans."""
        return list(range(self.today.year, max(line.until.year for line in self.lines) + 1))

    @property
    def rows(self) -> list[tuple[Going, SafeString]]:
        """Each line with its drawing."""
        return [(line, self._svg(line)) for line in self.lines]

    @property
    def axis(self) -> SafeString:
        """The years over the drawings, hidden from assistive technology like them."""
        wide = 100 / len(self.years)
        words = "".join(
            f'<text x="{index * wide:.2f}%" y="14">{year}</text>' for index, year in enumerate(self.years)
        )
        return format_html(
            '<svg class="going-axis" aria-hidden="true" focusable="false">{}</svg>',
            mark_safe(words),  # noqa: S308
        )

    def _place(self, day: date) -> float:
        """Where a day stands, in per cent of the width."""
        first = self.years[0]
        return 100 * (day.year - first + (day.timetuple().tm_yday - 1) / 366) / len(self.years)

    def _svg(self, line: Going) -> SafeString:
        wide = 100 / len(self.years)
        grid = "".join(
            f'<line class="going-year" x1="{i * wide:.2f}%" x2="{i * wide:.2f}%" y1="0" y2="100%"/>'
            for i in range(len(self.years) + 1)
        )
        start, end = self._place(self.today), self._place(line.until)
        bar = "" if line.gone else f'<line class="going-bar" x1="{start:.2f}%" x2="{end:.2f}%" y1="50%" y2="50%"/>'
        coin = COIN_SHAPES["joined" if line.gone else "running"]
        return format_html(
            '<svg class="going" aria-hidden="true" focusable="false">{}</svg>',
            mark_safe(  # noqa: S308
                f'{grid}{bar}<svg class="going-end" x="{end:.2f}%" y="50%"><circle r="9"/>'
                f'<g class="coin" transform="translate(-8.4 -8.4) scale(.7)">{coin}</g></svg>'
            ),
        )

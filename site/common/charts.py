"""Stacked bars as numbers for an SVG that the server draws, without a style or a script, and the table that says the
same. The one way in which pages here draw numbers: `ui/bars.html` in Wagtail's admin, `<c-chart>` everywhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

HEIGHT, LABEL_ROOM, NAME_ROOM = 160, 18, 20
STEP, GAP = 28, 6
# A short date is not quite two bars wide.
NAMED_EVERY = 2
# How the series are told apart, in their order: never by colour alone.
FILLS = ("filled", "striped", "empty")


def plainly(number: float) -> str:
    """3, 2.5"""
    return f"{number:g}"


def day_and_short_month(day: date) -> str:
    return f"{day.day} {day:%b}"


@dataclass(frozen=True)
class Series:
    """`written` puts a number of it into words. What is not `is_drawn` stands in the table alone, behind all others."""

    name: str
    written: Callable[[float], str] = plainly
    is_drawn: bool = True


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of a bar, of the series at `series`, from the bottom up."""

    series: int
    y: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Bar:
    x: int
    middle: int
    label_y: int
    label: str
    pieces: list[Piece]
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the table: what stands below a bar, or would, and each series in words."""

    day: date
    cells: list[str]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """`heading` names the table's first column; `is_empty` that all numbers are 0, `tallest` the top bar in words."""

    width: int
    height: int
    whole_height: int
    bar_width: int
    bars: list[Bar]
    series: Sequence[Series]
    heading: str
    rows: list[Row]
    is_empty: bool
    tallest: str

    @property
    def legend(self) -> str:
        """Which fill is which series; empty where there is one alone."""
        drawn = [one.name.lower() for one in self.series if one.is_drawn]
        if len(drawn) == 1:
            return ""
        return "; ".join(f"{fill}: {name}" for fill, name in zip(FILLS, drawn, strict=False)).capitalize()


def stacked(
    columns: Mapping[date, Sequence[float]],
    series: Sequence[Series],
    *,
    heading: str,
    height: int = HEIGHT,
    step: int = STEP,
    named: Callable[[date], str] = day_and_short_month,
    named_every: int = NAMED_EVERY,
) -> Chart:
    """A bar for each day (or the week that begins with it), whose numbers are those of the series in their order; the
    tallest fills the height. Every other one has its day below it."""
    drawn = sum(one.is_drawn for one in series)
    most = max((sum(column[:drawn]) for column in columns.values()), default=0)
    look = _Look(step=step, height=height, most=most or 1, written=series[0].written)
    bars = [
        _bar(look, at, column[:drawn], "" if at % named_every else named(day))
        for at, (day, column) in enumerate(columns.items())
    ]
    return Chart(
        width=(len(columns) + 1) * step if named_every > 1 else len(columns) * step,
        height=height,
        whole_height=height + NAME_ROOM,
        bar_width=step - GAP,
        bars=bars,
        series=series,
        heading=heading,
        rows=[
            Row(day=day, cells=[one.written(number) for one, number in zip(series, column, strict=True)])
            for day, column in columns.items()
        ],
        is_empty=not any(number for column in columns.values() for number in column),
        tallest=series[0].written(most),
    )


@dataclass(frozen=True, kw_only=True)
class _Look:
    """How the bars of one chart are drawn: `most` is the number that fills their height."""

    step: int
    height: int
    most: float
    written: Callable[[float], str]

    def up(self, number: float) -> int:
        return round(number / self.most * (self.height - LABEL_ROOM))


def _bar(look: _Look, at: int, column: Sequence[float], name: str) -> Bar:
    below, pieces = 0.0, []
    for series, number in enumerate(column):
        top, bottom = look.up(below + number), look.up(below)
        if top > bottom:
            pieces.append(Piece(series=series, y=look.height - top, height=top - bottom))
        below += number
    x = at * look.step + GAP // 2
    return Bar(
        x=x,
        middle=x + (look.step - GAP) // 2,
        label_y=look.height - look.up(below) - 4,
        label=look.written(below) if below else "",
        pieces=pieces,
        name=name,
    )

"""Stacked bars as numbers for an SVG that the server draws, without a style or a script; a table says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

HEIGHT, LABEL_ROOM, NAME_ROOM = 160, 18, 20
STEP, GAP = 28, 6
# A short date is not quite two bars wide.
NAMED_EVERY = 2


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
    total: int
    pieces: list[Piece]
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Drawn by `ui/bars.html`."""

    width: int
    bars: list[Bar]
    height: int
    whole_height: int
    bar_width: int = STEP - GAP


def stacked(columns: Mapping[date, Sequence[int]], *, height: int = HEIGHT) -> Chart:
    """A bar for each day, whose numbers are those of the series in their order; the tallest fills the height.

    Every other one has its day below it.
    """
    most = max((sum(column) for column in columns.values()), default=0) or 1
    bars = [
        replace(_bar(at, column, most, height), name="" if at % NAMED_EVERY else f"{day.day} {day:%b}")
        for at, (day, column) in enumerate(columns.items())
    ]
    return Chart(width=(len(columns) + 1) * STEP, height=height, whole_height=height + NAME_ROOM, bars=bars)


def _bar(at: int, column: Sequence[int], most: int, height: int) -> Bar:
    room, below, pieces = height - LABEL_ROOM, 0, []
    for series, number in enumerate(column):
        top, bottom = round((below + number) / most * room), round(below / most * room)
        if top > bottom:
            pieces.append(Piece(series=series, y=height - top, height=top - bottom))
        below += number
    x = at * STEP + GAP // 2
    label_y = height - round(below / most * room) - 4
    return Bar(x=x, middle=x + (STEP - GAP) // 2, label_y=label_y, total=below, pieces=pieces)

"""Stacked bars as numbers for an SVG that the server draws, without a style or a script; a table says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT, LABEL_ROOM = 160, 18
STEP, GAP = 28, 6


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


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Drawn by `ui/bars.html`."""

    width: int
    bars: list[Bar]
    height: int
    bar_width: int = STEP - GAP


def stacked(columns: Sequence[Sequence[int]], *, height: int = HEIGHT) -> Chart:
    """A bar for each column, whose numbers are those of the series in their order; the tallest fills the height."""
    most = max((sum(column) for column in columns), default=0) or 1
    bars = [_bar(at, column, most, height) for at, column in enumerate(columns)]
    return Chart(width=len(columns) * STEP, height=height, bars=bars)


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

"""A map that we draw ourselves from what an editor types: no tiles, no other host, and a way to read it in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from wagtail import blocks

from home.blocks.base import PLAIN_TEXT

COLUMNS, ROWS = "ABCDEFGHIJKL", "12345678"
SIDE = 50
WIDTH, HEIGHT = SIDE * len(COLUMNS), SIDE * len(ROWS)
SQUARE = rf"[{COLUMNS}][{ROWS}]"
STREETS = [("main", "Main road"), ("street", "Street"), ("path", "Footpath"), ("water", "River, canal or dock")]
MARKS = [
    ("clinic", "Our clinic"),
    ("entrance", "Entrance"),
    ("train", "Railway or underground station"),
    ("bus", "Bus stop"),
    ("parking", "Parking"),
    ("place", "Something to go by"),
]
ICONS = {
    "clinic": "stethoscope",
    "entrance": "door-open",
    "train": "train-front",
    "bus": "bus",
    "parking": "square-parking",
    "place": "landmark",
}


class StreetBlock(blocks.StructBlock):
    name = blocks.CharBlock(
        max_length=40, required=False, help_text="As it stands on the sign; may be left out for a path."
    )
    kind = blocks.ChoiceBlock(
        choices=STREETS, default="street", help_text="How it is drawn: a main road is broader, water is blue."
    )
    squares = blocks.RegexBlock(
        regex=rf"^{SQUARE}( {SQUARE})+$",
        max_length=60,
        label="Way",
        help_text="The squares it runs through, from A1 at the top left to L8 at the bottom right: such as A3 F3 L5.",
        error_messages={"invalid": "Name two squares or more with a space between them, such as A3 F3 L5."},
    )


class MarkBlock(blocks.StructBlock):
    label = blocks.CharBlock(
        max_length=60, help_text="What is there, in a few words; it stands in the list beside the map."
    )
    kind = blocks.ChoiceBlock(choices=MARKS, default="place", help_text="Which picture marks it.")
    square = blocks.RegexBlock(
        regex=f"^{SQUARE}$",
        error_messages={"invalid": "Name one square from A1 to L8, such as F4."},
        help_text="The square it stands in, A1 at the top left to L8 at the bottom right: such as B4.",
    )


@dataclass(frozen=True, kw_only=True)
class Street:
    """`way` is the drawing's path, from left to right so that its name stands upright."""

    name: str
    kind: str
    way: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Its number stands on the map and in the list below it; `left` and `top` are its centre."""

    number: int
    label: str
    kind: str
    icon: str
    left: int
    top: int


def streets_of(value: Any) -> list[Street]:
    """Those that an editor has given a way: in a draft one may lack it."""
    drawn = (one for one in value["streets"] if one["squares"])
    return [Street(name=one["name"], kind=one["kind"], way=_way(one["squares"])) for one in drawn]


def marks_of(value: Any) -> list[Mark]:
    """In the order in which an editor has named them, less those that have no square yet."""
    words, found = dict(MARKS), []
    for number, one in enumerate((one for one in value["marks"] if one["square"]), start=1):
        left, top = _centre(one["square"])
        kind = one["kind"] or "place"
        found.append(Mark(number=number, label=one["label"], kind=words[kind], icon=ICONS[kind], left=left, top=top))
    return found


def _centre(square: str) -> tuple[int, int]:
    return COLUMNS.index(square[0]) * SIDE + SIDE // 2, ROWS.index(square[1]) * SIDE + SIDE // 2


def _way(squares: str) -> str:
    centres = [_centre(square) for square in re.findall(SQUARE, squares)]
    if centres[0] > centres[-1]:
        centres.reverse()
    ends = [_at_edge(centres[0]), *centres[1:-1], _at_edge(centres[-1])]
    return "M" + " L".join(f"{left} {top}" for left, top in ends)


def _at_edge(centre: tuple[int, int]) -> tuple[int, int]:
    """A way that ends in a square of the border goes on beyond it."""
    left, top = centre
    half = SIDE // 2
    left = {half: 0, WIDTH - half: WIDTH}.get(left, left)
    return left, top if left in {0, WIDTH} else {half: 0, HEIGHT - half: HEIGHT}.get(top, top)


class MapBlock(blocks.StructBlock):
    """Streets and marks on a grid of twelve by eight squares, and the way in words."""

    heading = blocks.CharBlock(max_length=80, help_text="Over the map, such as “How to find us”.")
    streets = blocks.ListBlock(
        StreetBlock(), min_num=1, max_num=20, help_text="The ones by which people find their way; up to twenty."
    )
    marks = blocks.ListBlock(
        MarkBlock(), min_num=1, max_num=9, help_text="The clinic first; they are numbered in this order."
    )
    directions = blocks.RichTextBlock(
        features=PLAIN_TEXT, help_text="The way in words: whoever cannot see the map finds you by these."
    )

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context |= {"streets": streets_of(value), "marks": marks_of(value), "width": WIDTH, "height": HEIGHT}
        return context

    class Meta:
        icon = "site"
        label = "Map"
        group = "Pictures, video and files"
        description = "A map of the streets around, drawn from the squares that you name; nothing comes from elsewhere."
        template = "home/blocks/map.html"
        preview_value = {
            "heading": "How to find us",
            "streets": [
                {"name": "Floating Harbour", "kind": "water", "squares": "A7 E7 L6"},
                {"name": "Harbour Street", "kind": "main", "squares": "A5 E5 L4"},
                {"name": "Queen Square", "kind": "street", "squares": "E1 E5"},
                {"name": "", "kind": "path", "squares": "H5 H7"},
            ],
            "marks": [
                {"label": "MedConsult Bristol, the green door", "kind": "clinic", "square": "F4"},
                {"label": "The Centre, buses 8 and 76", "kind": "bus", "square": "C5"},
                {"label": "Temple Meads station, 12 minutes on foot", "kind": "train", "square": "L4"},
            ],
            "directions": "<p>From The Centre walk along Harbour Street with the water on your right. We are past "
            "Queen Square on the left, behind the green door.</p>",
        }

"""What stands on a page, piece by piece, read from its stored form: no statement is made for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from wagtail import blocks
from wagtail.fields import RichTextField, StreamField
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page

from home.blocks import LinkBlock


@dataclass(frozen=True, kw_only=True)
class Text:
    """Rich text, or what a block shows as a heading over it."""

    html: str


@dataclass(frozen=True, kw_only=True)
class Way:
    """A link that an editor filled in as a block: to a page by its key, or to an address."""

    label: str
    page_id: int | None
    address: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    image_id: int
    alt: str
    is_decorative: bool


@dataclass(frozen=True, kw_only=True)
class Used:
    """A block that an editor chose from the list of blocks."""

    name: str
    label: str


Piece = Text | Way | Picture | Used


def pieces_of(page: Page) -> Iterator[Piece]:
    """In the order in which they stand."""
    for field in page._meta.get_fields():
        if isinstance(field, RichTextField):
            yield Text(html=getattr(page, field.name))
        elif isinstance(field, StreamField):
            yield from _inside(field.stream_block, getattr(page, field.name).raw_data)


def html_of(pieces: list[Piece]) -> str:
    """All that is said, as one text."""
    return "".join(piece.html for piece in pieces if isinstance(piece, Text))


def _inside(block: Any, raw: Any) -> Iterator[Piece]:
    if raw is None or raw == "":
        return
    if isinstance(block, blocks.StreamBlock):
        yield from _of_stream(block, raw)
    elif isinstance(block, LinkBlock):
        yield Way(label=raw.get("label") or "", page_id=raw.get("page"), address=raw.get("address") or "")
    elif isinstance(block, ImageBlock):
        yield from _of_picture(raw)
    elif isinstance(block, blocks.ListBlock):
        for item in raw:
            is_wrapped = isinstance(item, dict) and item.get("type") == "item" and "value" in item
            yield from _inside(block.child_block, item["value"] if is_wrapped else item)
    elif isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            yield from _named(name, child, raw.get(name))
    elif isinstance(block, blocks.RichTextBlock):
        yield Text(html=str(raw))


def _named(name: str, block: Any, raw: Any) -> Iterator[Piece]:
    """Over a block stands its heading, which the templates show on the second level."""
    if name == "heading" and isinstance(block, blocks.CharBlock) and raw:
        yield Text(html=f"<h2>{escape(raw)}</h2>")
    else:
        yield from _inside(block, raw)


def _of_stream(block: blocks.StreamBlock, raw: Any) -> Iterator[Piece]:
    for row in raw:
        child = block.child_blocks.get(row["type"])
        if child is not None:
            yield Used(name=row["type"], label=str(child.label))
            yield from _inside(child, row["value"])


def _of_picture(raw: Any) -> Iterator[Piece]:
    if isinstance(raw, dict) and raw.get("image"):
        yield Picture(image_id=raw["image"], alt=raw.get("alt_text") or "", is_decorative=bool(raw.get("decorative")))

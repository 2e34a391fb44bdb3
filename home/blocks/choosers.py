"""Wagtail's choosers, which take what a page's blocks lead to from what was read for the whole page.

Wagtail itself reads once a kind of block, so that a page of twenty kinds takes twenty statements for its pictures,
files and links. In migrations these are Wagtail's own blocks, for what they store is the same.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Model
from wagtail import blocks
from wagtail.documents import blocks as documents
from wagtail.fields import RichTextField, StreamField
from wagtail.images import blocks as images
from wagtail.models import Page
from wagtail.rich_text import extract_references_from_rich_text

from home.kept import rows_kept


class _Together:
    """What is read together is taken from there, and each block gets an object of its own."""

    model_class: type[Model]

    def bulk_to_python(self, values: Iterable[Any]) -> list[Any]:
        keys = list(values)
        rows = rows_kept(_kind(self.model_class), keys)
        return super().bulk_to_python(keys) if rows is None else [copy.copy(row) for row in rows]  # type: ignore[misc]


class PageChooserBlock(_Together, blocks.PageChooserBlock):
    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        _, args, kwargs = super().deconstruct()
        return "wagtail.blocks.PageChooserBlock", args, kwargs


class DocumentChooserBlock(_Together, documents.DocumentChooserBlock):
    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        _, args, kwargs = super().deconstruct()
        return "wagtail.documents.blocks.DocumentChooserBlock", args, kwargs


class _ImageChooserBlock(_Together, images.ImageChooserBlock):
    pass


class ImageBlock(images.ImageBlock):
    def __init__(self, required: bool = True, **kwargs: Any) -> None:  # noqa: FBT001, FBT002 - Wagtail's own
        super().__init__(required=required, **kwargs)
        chooser = _ImageChooserBlock(required=required)
        chooser.set_name("image")
        self.child_blocks["image"] = chooser


def references_of(page: Page) -> dict[type[Model], set[Any]]:
    """What the blocks and the texts of a page lead to: models and keys, read from the stored form. No statement."""
    wanted: dict[type[Model], set[Any]] = defaultdict(set)
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            found = _chosen(field.stream_block, list(getattr(page, field.name).raw_data))
        elif isinstance(field, RichTextField):
            found = _in_text(getattr(page, field.name))
        else:
            continue
        for model, pk in found:
            wanted[_kind(model)].add(pk)
    return wanted


def _kind(model: type[Model]) -> type[Model]:
    return Page if issubclass(model, Page) else model


def _chosen(block: Any, stored: Any) -> Iterator[tuple[type[Model], Any]]:
    """What a stored value leads to, however deep: models and keys."""
    if isinstance(block, _Together):
        if stored is not None:
            yield block.model_class, stored
        return
    if isinstance(block, blocks.RichTextBlock):
        yield from _in_text(stored)
        return
    for child, inner in _parts(block, stored):
        yield from _chosen(child, inner)


def _parts(block: Any, stored: Any) -> list[tuple[Any, Any]]:
    """The blocks within a block, each with what is stored for it."""
    if isinstance(block, images.ImageBlock) and isinstance(stored, int):
        # As a picture was stored before it had words of its own.
        return [(block.child_blocks["image"], stored)]
    if isinstance(block, blocks.StructBlock):
        return [(child, stored[name]) for name, child in block.child_blocks.items() if name in (stored or {})]
    if isinstance(block, blocks.ListBlock):
        return [(block.child_block, _item(one)) for one in stored or ()]
    if isinstance(block, blocks.StreamBlock):
        known = block.child_blocks
        return [(known[one["type"]], one["value"]) for one in stored or () if one["type"] in known]
    return []


def _item(stored: Any) -> Any:
    """Lists that were stored before Wagtail 2.16 hold their items bare."""
    return stored["value"] if isinstance(stored, Mapping) and {"value", "type"} <= stored.keys() else stored


def _in_text(stored: Any) -> Iterator[tuple[type[Model], int]]:
    """The pages and documents to which the links of a text lead."""
    for model, key, *_ in extract_references_from_rich_text(str(stored or "")):
        if str(key).isdecimal():
            yield model, int(key)

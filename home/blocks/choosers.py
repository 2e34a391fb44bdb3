"""Wagtail's choosers, which read what a page's blocks lead to together: one statement a kind for the whole page.

Wagtail itself reads once a kind of block, so that a page of twenty kinds takes twenty statements for its pictures,
files and links. In migrations these are Wagtail's own blocks, for what they store is the same.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias

from django.db.models import Model
from wagtail import blocks
from wagtail.blocks.stream_block import StreamValue
from wagtail.documents import blocks as documents
from wagtail.images import blocks as images
from wagtail.models import Page

Rows: TypeAlias = Mapping[type[Model], Mapping[Any, Model]]
_together: ContextVar[Rows | None] = ContextVar("rows_read_together", default=None)


class _Together:
    """What is read together is taken from there, and each block gets an object of its own."""

    model_class: type[Model]

    def bulk_to_python(self, values: Iterable[Any]) -> list[Any]:
        rows = _together.get()
        if rows is None:
            return super().bulk_to_python(values)  # type: ignore[misc]
        known = rows.get(_kind(self.model_class), {})
        return [copy.copy(known.get(value)) for value in values]


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


@contextmanager
def read_together(body: StreamValue) -> Iterator[None]:
    """Within: the blocks of the stream find what they lead to already read. Pages are read as plain `Page`s."""
    wanted: dict[type[Model], set[Any]] = defaultdict(set)
    for model, pk in _chosen(body.stream_block, list(body.raw_data)):
        wanted[_kind(model)].add(pk)
    rows = {model: model._default_manager.in_bulk(list(keys)) for model, keys in wanted.items()}
    token = _together.set(rows)
    try:
        yield
    finally:
        _together.reset(token)


def _kind(model: type[Model]) -> type[Model]:
    return Page if issubclass(model, Page) else model


def _chosen(block: Any, stored: Any) -> Iterator[tuple[type[Model], Any]]:
    """What a stored value leads to, however deep: models and keys."""
    if isinstance(block, _Together):
        if stored is not None:
            yield block.model_class, stored
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

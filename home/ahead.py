"""What a page and all around it lead to, read before any of it is drawn."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Model
from wagtail.images import get_image_model
from wagtail.models import Page

from common.pictures import images_in_sizes
from home.blocks import references_of
from home.kept import keep_rows
from home.translations import linked_pages


def read_ahead(page: Page, around: Collection[int], *, with_menu: bool) -> list[Any]:
    """The `linked_pages` of a page and of what stands `around` it, by their keys, for menus; its blocks and texts find
    them too, with whatever else they lead to.

    One statement each for pages, pictures with their sizes, and files, however many there are.
    """
    wanted = references_of(page)
    within, pictures = wanted.pop(Page, set()), wanted.pop(get_image_model(), set())
    pages = linked_pages({*around, *within}, beside=page, with_menu=with_menu)
    _keep(Page, within, {one.pk: one for one in pages})
    _keep(get_image_model(), pictures, images_in_sizes(pictures))
    for model, keys in wanted.items():
        _keep(model, keys, model._default_manager.in_bulk(list(keys)))
    return pages


def _keep(model: type[Model], asked: Collection[Any], found: dict[Any, Any]) -> None:
    keep_rows(model, {**dict.fromkeys(asked), **found})

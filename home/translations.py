"""Which pages say the same in another language, of those that everybody may see, and where links lead because of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.models import Page

from doctors.models.pages import restrictions_on
from home.paths import language_of, spoken_language

# What lies right below a home page.
FIRST_LEVEL = 3
_SHOWN = ("title", "path", "depth", "url_path", "translation_key", "show_in_menus", "live")


def is_public() -> Any:
    """Of a page's row: whether neither it nor a page above it is for some alone. Wagtail's `public()` asks beforehand,
    in a statement of its own."""
    return ~Exists(restrictions_on(OuterRef("path")))


def public_translations(keys: Collection[UUID]) -> QuerySet[Page]:
    """The live pages of these translation keys that everybody may see, in every language."""
    return Page.objects.live().filter(is_public(), translation_key__in=keys).order_by("path")


def linked_pages(ids: Collection[int], *, beside: Page | None = None, with_menu: bool = False) -> list[Any]:
    """The pages of these keys, live or not, with the live translations of `beside`, in one statement.

    Each has `is_public`, and `told`: where a link to it leads. That is its translation into the language of this
    answer where everybody may see one, else the page itself, and None while that is not live. `with_menu` reads the
    first level too, of which a menu is made. The pages know their titles and where they stand, and no more.
    """
    wanted, is_translated = Q(pk__in=ids), spoken_language() != settings.LANGUAGE_CODE
    if beside is not None:
        wanted |= Q(translation_key=beside.translation_key, live=True)
    if is_translated:
        linked = Page.objects.filter(pk__in=ids).order_by()
        wanted |= Q(translation_key__in=linked.values("translation_key"), live=True)
    if with_menu:
        wanted |= Q(depth=FIRST_LEVEL, show_in_menus=True, live=True)
    rows = list(Page.objects.filter(wanted).annotate(is_public=is_public()).only(*_SHOWN).order_by("path"))
    own = {page.translation_key: page for page in rows if is_translated and _is_told(page)}
    for page in rows:
        page.told = own.get(page.translation_key, page) if page.live else None
    return rows


def _is_told(page: Any) -> bool:
    """Whether it is in the language of this answer, and everybody may see it."""
    return page.live and page.is_public and language_of(page.url_path) == spoken_language()


def leads_to(page: Any) -> Page | None:
    """Where a link to a page leads, as `linked_pages` says; the page itself where nobody has asked for translations."""
    told: Page | None = getattr(page, "told", page if page.live else None)
    return told

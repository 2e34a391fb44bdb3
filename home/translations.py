"""Which pages say the same in another language, of those that everybody may see."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from wagtail.models import Page

from doctors.models.pages import restrictions_on
from home.paths import language_of, spoken_language

# Of a page's row: whether neither it nor a page above it is for some alone. Wagtail's `public()` asks beforehand, in a
# statement of its own.
IS_PUBLIC = ~Exists(restrictions_on(OuterRef("path")))


def public_translations(keys: Collection[UUID]) -> QuerySet[Page]:
    """The live pages of these translation keys that everybody may see, in every language."""
    return Page.objects.live().filter(IS_PUBLIC, translation_key__in=keys).order_by("path")


def in_spoken_language(pages: Collection[Page]) -> dict[UUID, Page]:
    """The public translations of `pages` into the language of this request, by their keys; no statement in English.

    A link to a page that is not among them leads to the page itself.
    """
    language = spoken_language()
    if not pages or language == settings.LANGUAGE_CODE:
        return {}
    told = public_translations({page.translation_key for page in pages})
    return {page.translation_key: page for page in told if language_of(page.url_path) == language}

"""Links within text, as visitors are given them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.html import escape
from wagtail.models import Page
from wagtail.rich_text.pages import PageLinkHandler

from home.paths import language_of, page_path, spoken_language


class PagePathHandler(PageLinkHandler):
    """A link to a page by what its row says: Wagtail's own asks for each page's language, row and site first.

    On a page in another language it leads to the translation, where there is a live one.
    """

    @classmethod
    def get_many(cls, attrs_list: list[dict[str, Any]]) -> list[Page | None]:
        ids = [str(attrs.get("id")) for attrs in attrs_list]
        pages = {str(page.pk): page for page in Page.objects.filter(pk__in=ids)}
        return [pages.get(one) for one in ids]

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, Any]]) -> list[str]:
        pages = cls.get_many(attrs_list)
        own = _in_this_language([page for page in pages if page])
        found = [own.get(page.translation_key, page) if page else None for page in pages]
        return [f'<a href="{escape(page_path(page))}">' if page else "<a>" for page in found]


def _in_this_language(pages: list[Page]) -> dict[Any, Page]:
    language = spoken_language()
    if language == settings.LANGUAGE_CODE:
        return {}
    told = Page.objects.live().filter(translation_key__in={page.translation_key for page in pages})
    return {page.translation_key: page for page in told if language_of(page.url_path) == language}

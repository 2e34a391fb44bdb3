"""Links within text, as visitors are given them."""

from __future__ import annotations

from typing import Any

from django.utils.html import escape
from wagtail.models import Page
from wagtail.rich_text.pages import PageLinkHandler

from home.paths import page_path
from home.translations import in_spoken_language


class PagePathHandler(PageLinkHandler):
    """A link to a page by what its row says: Wagtail's own asks for each page's language, row and site first.

    On a page in another language it leads to the translation, where there is a live one that everybody may see.
    """

    @classmethod
    def get_many(cls, attrs_list: list[dict[str, Any]]) -> list[Page | None]:
        ids = [str(attrs.get("id")) for attrs in attrs_list]
        pages = {str(page.pk): page for page in Page.objects.filter(pk__in=ids)}
        return [pages.get(one) for one in ids]

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, Any]]) -> list[str]:
        pages = cls.get_many(attrs_list)
        own = in_spoken_language([page for page in pages if page])
        found = [own.get(page.translation_key, page) if page else None for page in pages]
        return [f'<a href="{escape(page_path(page))}">' if page else "<a>" for page in found]

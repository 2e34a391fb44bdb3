"""Links within text, as visitors are given them: to pages and documents that the page has read ahead (home.ahead)."""

from __future__ import annotations

from typing import Any

from django.utils.html import escape
from wagtail.documents import get_document_model
from wagtail.documents.rich_text import DocumentLinkHandler
from wagtail.models import Page
from wagtail.rich_text.pages import PageLinkHandler

from home.kept import rows_kept
from home.paths import page_path
from home.translations import leads_to, linked_pages


class PagePathHandler(PageLinkHandler):
    """A link to a page by what its row says: Wagtail's own asks for each page's language, row and site first.

    On a page in another language it leads to the translation, where there is a live one that everybody may see.
    """

    @classmethod
    def get_many(cls, attrs_list: list[dict[str, Any]]) -> list[Page | None]:
        keys = _keys(attrs_list)
        kept = rows_kept(Page, keys)
        if kept is not None:
            return kept
        pages = {page.pk: page for page in linked_pages([key for key in keys if key is not None])}
        return [pages.get(key) for key in keys]

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, Any]]) -> list[str]:
        # To a page that is not live it leads all the same, and finds nothing: the report of broken links tells editors.
        found = [leads_to(page) or page if page else None for page in cls.get_many(attrs_list)]
        return [f'<a href="{escape(page_path(page))}">' if page else "<a>" for page in found]


class DocumentPathHandler(DocumentLinkHandler):
    @classmethod
    def get_many(cls, attrs_list: list[dict[str, Any]]) -> list[Any]:
        kept = rows_kept(get_document_model(), _keys(attrs_list))
        return super().get_many(attrs_list) if kept is None else kept


def _keys(attrs_list: list[dict[str, Any]]) -> list[int | None]:
    keys = (str(attrs.get("id")) for attrs in attrs_list)
    return [int(key) if key.isdecimal() else None for key in keys]

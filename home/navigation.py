"""The links around every page, as editors have set them, and the page's own translations: one statement for all."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import get_language_info
from wagtail.models import Page

from home.models.settings import SiteSettings
from home.paths import language_of, language_tag, page_path, spoken_language
from home.translations import IS_PUBLIC

# What lies right below a home page.
_FIRST_LEVEL = 3
MOST_IN_MENU = 7


class Link(NamedTuple):
    """`language` is that of the label where it is not the page's own, as HTML writes it."""

    label: str
    url: str
    is_current: bool = False
    text: str = ""
    language: str = ""


class Group(NamedTuple):
    heading: str
    links: list[Link]


class Entry(NamedTuple):
    """A word of the main menu: a plain link, or with groups one that opens on them."""

    link: Link
    text: str
    groups: list[Group]
    is_current: bool


class Translation(NamedTuple):
    """A live page that says the same in a language: its name in itself, and its tag as HTML writes it."""

    name: str
    language: str
    path: str
    is_default: bool


class Navigation:
    """What stands around one page, which is None where the address is no page of the tree.

    A link to a page is shown while that page is live, and leads wherever it stands now. On a page in another language
    it leads to the translation, under the title that it has there, where there is a live one.
    """

    def __init__(self, request: HttpRequest, page: Page | None) -> None:
        self._path = request.path
        self._page = page
        self._settings = SiteSettings.for_request(request)
        self._language = spoken_language()

    @cached_property
    def main(self) -> list[Entry]:
        stored = self._settings.navigation.raw_data
        if not stored:
            return [Entry(link, "", [], link.is_current) for link in self._from_pages()]
        return [entry for block in stored if (entry := self._entry(block["value"]))]

    @cached_property
    def utility(self) -> list[Link]:
        return self._links(block["value"] for block in self._settings.utility.raw_data)

    @cached_property
    def footer(self) -> list[Group]:
        return self._groups(block["value"] for block in self._settings.footer.raw_data)

    @cached_property
    def translations(self) -> list[Translation]:
        """This page and the live ones that say the same, of those that all may see; none where it stands alone."""
        if self._page is None:
            return []
        key = self._page.translation_key
        found = [_translation(page) for page in self._rows if page.is_public and page.translation_key == key]
        return sorted(found, key=lambda one: (not one.is_default, one.language)) if len(found) > 1 else []

    @cached_property
    def other_languages(self) -> list[Translation]:
        return [one for one in self.translations if one.language != language_tag(self._language)]

    @cached_property
    def _rows(self) -> list[Page]:
        ids = self._settings.linked_page_ids()
        wanted = Q(pk__in=ids)
        if self._page is not None:
            wanted |= Q(translation_key=self._page.translation_key)
        if self._page is not None and self._language != settings.LANGUAGE_CODE:
            linked = Page.objects.filter(pk__in=ids).order_by()
            wanted |= Q(translation_key__in=linked.values("translation_key"), locale_id=self._page.locale_id)
        if not self._settings.navigation.raw_data:
            wanted |= Q(depth=_FIRST_LEVEL, show_in_menus=True)
        fields = ("title", "path", "depth", "url_path", "translation_key", "show_in_menus")
        rows = Page.objects.live().filter(wanted).annotate(is_public=IS_PUBLIC)
        return list(rows.only(*fields).order_by("path"))

    @cached_property
    def _by_id(self) -> dict[int, Page]:
        return {page.pk: page for page in self._rows}

    @cached_property
    def _in_this_language(self) -> dict[Any, Page]:
        own = (page for page in self._rows if page.is_public and language_of(page.url_path) == self._language)
        return {page.translation_key: page for page in own}

    def _from_pages(self) -> list[Link]:
        shown = [
            Link(page.title, page_path(page), page_path(page) == self._path)
            for page in self._rows
            if page.show_in_menus and page.depth == _FIRST_LEVEL and language_of(page.url_path) == self._language
        ]
        return shown[:MOST_IN_MENU]

    def _entry(self, value: dict[str, Any]) -> Entry | None:
        link = self._link(value)
        groups = self._groups(group["value"] for group in value.get("groups", ()))
        if link is None:
            return None
        inside = any(one.is_current for group in groups for one in group.links)
        return Entry(link, value.get("text", ""), groups, link.is_current or inside)

    def _groups(self, stored: Iterable[dict[str, Any]]) -> list[Group]:
        groups = [Group(value["heading"], self._links(item["value"] for item in value["links"])) for value in stored]
        return [group for group in groups if group.links]

    def _links(self, stored: Iterable[dict[str, Any]]) -> list[Link]:
        return [link for value in stored if (link := self._link(value))]

    def _link(self, value: dict[str, Any]) -> Link | None:
        label, url, language = value["label"], value.get("address", ""), ""
        if value.get("page"):
            page = self._by_id.get(value["page"])
            if page is None:
                return None
            told = self._in_this_language.get(page.translation_key, page)
            if told.pk != page.pk:
                label, language = told.title, language_tag(self._language)
            url = page_path(told)
        return Link(label, url, url == self._path, value.get("text", ""), language) if url else None


def _translation(page: Page) -> Translation:
    code = language_of(page.url_path)
    # The language alone: "English", not "British English".
    name = get_language_info(code.partition("-")[0])["name_local"]
    return Translation(name[:1].upper() + name[1:], language_tag(code), page_path(page), code == settings.LANGUAGE_CODE)


def navigation_of(request: HttpRequest, page: Any) -> Navigation:
    """Made once a request, whichever part of the page asks first; `page` is whatever the template calls so."""
    known: Navigation | None = getattr(request, "site_navigation", None)
    if known is None:
        known = Navigation(request, page if isinstance(page, Page) else None)
        request.site_navigation = known  # type: ignore[attr-defined]
    return known

"""The links around every page, as editors have set them, and the page's own translations: one statement for all."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_info
from wagtail.models import Page

from home.models.settings import SiteSettings
from home.paths import home_path, language_of, language_tag, page_path, spoken_language
from home.translations import FIRST_LEVEL, linked_pages

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
        self._request = request
        self._path = request.path
        self._page = page
        self._settings = SiteSettings.for_request(request)
        self._language = spoken_language()

    @cached_property
    def main(self) -> list[Entry]:
        """One word at most is marked: the page's own, else that of the first menu that leads to it, else the nearest
        one above it."""
        stored = self._settings.navigation.raw_data
        if stored:
            entries = [entry for block in stored if (entry := self._entry(block["value"]))]
        else:
            entries = [Entry(link, "", [], link.is_current) for link in self._from_pages()]
        own = (entry for entry in entries if entry.link.is_current)
        leading = (entry for entry in entries if entry.is_current)
        marked = next(own, None) or next(leading, None) or self._above(entries)
        return [entry._replace(is_current=entry is marked) for entry in entries]

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
        public = (page for page in self._rows if page.live and page.is_public)
        found = [_translation(page) for page in public if page.translation_key == key]
        return sorted(found, key=lambda one: (not one.is_default, one.language)) if len(found) > 1 else []

    @cached_property
    def other_languages(self) -> list[Translation]:
        return [one for one in self.translations if one.language != language_tag(self._language)]

    @cached_property
    def banner(self) -> Link | None:
        """Where the emergency banner leads, under the words that it has."""
        links = (self._link(block["value"], is_renamed=False) for block in self._settings.banner_link.raw_data)
        return next((link for link in links if link), None)

    @cached_property
    def _rows(self) -> list[Any]:
        """A page of ours has read them with its own links, for everything around it."""
        known: list[Any] | None = getattr(self._request, "linked_pages", None)
        if known is not None:
            return known
        ids, with_menu = self._settings.linked_page_ids(), not self._settings.navigation.raw_data
        return linked_pages(ids, beside=self._page, with_menu=with_menu)

    @cached_property
    def _by_id(self) -> dict[int, Any]:
        return {page.pk: page for page in self._rows}

    def _from_pages(self) -> list[Link]:
        marked = (page for page in self._rows if page.live and page.show_in_menus and page.depth == FIRST_LEVEL)
        shown = [
            Link(page.title, page_path(page), page_path(page) == self._path)
            for page in marked
            if language_of(page.url_path) == self._language
        ]
        return shown[:MOST_IN_MENU]

    def _entry(self, value: dict[str, Any]) -> Entry | None:
        link = self._link(value)
        groups = self._groups(group["value"] for group in value.get("groups", ()))
        if link is None:
            return None
        inside = any(one.is_current for group in groups for one in group.links)
        return Entry(link, value.get("text", ""), groups, link.is_current or inside)

    def _above(self, entries: list[Entry]) -> Entry | None:
        others = (entry for entry in entries if entry.link.url != home_path(self._language))
        above = (entry for entry in others if self._path.startswith(f"{entry.link.url.rstrip('/')}/"))
        return max(above, key=lambda entry: len(entry.link.url), default=None)

    def _groups(self, stored: Iterable[dict[str, Any]]) -> list[Group]:
        groups = [Group(value["heading"], self._links(item["value"] for item in value["links"])) for value in stored]
        return [group for group in groups if group.links]

    def _links(self, stored: Iterable[dict[str, Any]]) -> list[Link]:
        return [link for value in stored if (link := self._link(value))]

    def _link(self, value: dict[str, Any], *, is_renamed: bool = True) -> Link | None:
        label, url, language = value["label"], value.get("address", ""), ""
        if value.get("page"):
            page = self._by_id.get(value["page"])
            if page is None or page.told is None:
                return None
            if is_renamed and page.told is not page:
                label, language = page.told.title, language_tag(self._language)
            url = page_path(page.told)
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

"""Links of pages that lead nowhere on this site. Other sites are never asked: no request leaves this house."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404
from django.test import RequestFactory
from django.urls import Resolver404, resolve
from wagtail.documents import get_document_model
from wagtail.models import Page, Site

from home.wagtail_admin.contents import Text, Way, pieces_of

_LINK = re.compile(r"<a\b([^>]*)>(.*?)</a>", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
# Paths that no page of the site serves and that the web server answers.
_SERVED_ELSEWHERE = ("/media/", "/static/")


@dataclass(frozen=True, kw_only=True)
class Broken:
    words: str
    problem: str


@dataclass(frozen=True, kw_only=True)
class _Link:
    """A link as it is stored: to a page or a document by its key, or to an address."""

    words: str
    page_id: int = 0
    document_id: int = 0
    address: str = ""


def broken_links(pages: Iterable[Page]) -> Iterator[tuple[Page, Broken]]:
    """Each link that leads to what is gone, not public, or an address of this site that answers "not found"."""
    found = [(page, link) for page in pages for link in _links_of(page)]
    public = set(Page.objects.live().filter(pk__in={link.page_id for _, link in found}).values_list("pk", flat=True))
    known = set(Page.objects.filter(pk__in={link.page_id for _, link in found}).values_list("pk", flat=True))
    documents = get_document_model().objects.filter(pk__in={link.document_id for _, link in found})
    there = set(documents.values_list("pk", flat=True))
    answers: dict[str, bool] = {}
    for page, link in found:
        if link.page_id and link.page_id not in public:
            told = "The page is not public" if link.page_id in known else "The page is gone"
            yield page, Broken(words=link.words, problem=f"{told}.")
        elif link.document_id and link.document_id not in there:
            yield page, Broken(words=link.words, problem="The document is gone.")
        elif link.address:
            path = _path_here(link.address)
            if path and not answers.setdefault(path, _is_answered(path)):
                yield page, Broken(words=link.words, problem=f"Nothing answers at {path}.")


def _links_of(page: Page) -> Iterator[_Link]:
    for piece in pieces_of(page):
        if isinstance(piece, Way):
            yield _Link(words=piece.label, page_id=piece.page_id or 0, address=piece.address)
        elif isinstance(piece, Text):
            for attributes, inside in _LINK.findall(piece.html):
                yield _of_text(dict(_ATTRIBUTE.findall(attributes)), inside)


def _of_text(attributes: dict[str, str], inside: str) -> _Link:
    words = unescape(re.sub(r"<[^>]+>", "", inside)).strip()
    key, kind = attributes.get("id", ""), attributes.get("linktype", "")
    number = int(key) if key.isdecimal() else 0
    if kind == "page":
        return _Link(words=words, page_id=number)
    if kind == "document":
        return _Link(words=words, document_id=number)
    return _Link(words=words, address=unescape(attributes.get("href", "")))


def _path_here(address: str) -> str:
    """The path on this site to which an address leads; "" for others, for mail and for telephones."""
    try:
        parts, own = urlsplit(address), urlsplit(settings.BASE_URL)
    except ValueError:
        return ""
    is_ours = (not parts.scheme and not parts.netloc) or parts.netloc == own.netloc
    is_path = parts.path.startswith("/") and not parts.path.startswith(_SERVED_ELSEWHERE)
    return parts.path if is_ours and is_path else ""


def _is_answered(path: str) -> bool:
    try:
        match = resolve(path)
    except Resolver404:
        return False
    if match.url_name != "wagtail_serve":
        return True
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    parts = [part for part in path.split("/") if part]
    try:
        return site is not None and bool(site.root_page.specific.route(RequestFactory().get(path), parts))
    except Http404:
        return False

"""Each role of the admin follows every link and every search of it, and finds no word that is not for them."""

from __future__ import annotations

import html
import re
from collections import Counter, deque
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve

from tests.permissions.matrix.asking import Asker
from tests.permissions.matrix.people import Who

START = "/admin/"
# Of pages that differ only in whom they are about, and in what is asked of them.
MOST_OF_A_KIND = 2
MOST_PAGES = 300
# Not the whole of a name: a search says again what was looked for.
SEARCHED = "Quillfeathe"
SIGNS_OUT = ("/admin/logout/", "/account/logout/", "/django-admin/logout/")
_LINK = re.compile(r"""(?:href|src|hx-get|data-url|action)=["']([^"'#]+)""")
_MENU = re.compile(r'"url": "(/admin/[^"]*)"')
_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_INPUT = re.compile(r"<(?:input|select|textarea)\b[^>]*\bname=[\"']([^\"']+)", re.DOTALL)


def kind_of(path: str) -> tuple[str, tuple[str, ...]]:
    parts = urlsplit(path)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return parts.path, ()
    return match.view_name or match.route, tuple(sorted({name for name, _ in parse_qsl(parts.query)}))


def links_of(path: str, body: str) -> list[str]:
    """Where a page leads: its links, and its forms that ask, each field filled with a name to look for."""
    found = [html.unescape(link) for link in _LINK.findall(body)]
    # Wagtail draws its menu from these.
    found += _MENU.findall(html.unescape(body))
    for attributes, inside in _FORM.findall(body):
        if 'method="post"' in attributes.lower():
            continue
        action = re.search(r"""action=["']([^"']*)""", attributes)
        query = urlencode({name: SEARCHED for name in _INPUT.findall(inside) if name != "csrfmiddlewaretoken"})
        found.append(f"{html.unescape(action[1]) if action else path}".split("?")[0] + f"?{query}")
    return [urljoin(path, link) for link in found]


def crawl(asker: Asker, who: Who) -> dict[str, bytes]:
    """Every page that the person reaches from the dashboard, breadth first, by its address."""
    pages: dict[str, bytes] = {}
    seen, waiting, kinds = {START}, deque([START]), Counter[tuple[str, tuple[str, ...]]]()
    while waiting and len(pages) < MOST_PAGES:
        path = waiting.popleft()
        answer = asker.ask(who, "GET", path)
        pages[path] = answer.body
        assert not answer.is_fault or path == "/admin/failwhale/", f"{path} fails with {answer.status}"
        more = [urljoin(path, answer.location)] if answer.location else []
        if b"<html" in answer.body[:2000].lower() or b"<div" in answer.body[:2000]:
            more += links_of(path, answer.body.decode())
        for link in more:
            parts = urlsplit(link)
            is_ours = (
                not parts.netloc and parts.path.startswith("/") and not parts.path.startswith(("/static/", *SIGNS_OUT))
            )
            if not is_ours or link in seen:
                continue
            seen.add(link)
            kind = kind_of(link)
            kinds[kind] += 1
            if kinds[kind] <= MOST_OF_A_KIND:
                waiting.append(link)
    return pages


# Whom the dashboard leads how far at least, and a word that they do find: else nothing found would prove nothing.
CRAWLERS = {
    Who.EDITOR: (60, "Abernethy"),
    Who.MODERATOR: (60, "Proposedwords"),
    Who.AUDITOR: (15, "Audit log"),
    Who.OFFICER: (15, "canaryitemnote"),
    Who.ADMINISTRATOR: (80, "quillfeather@example.org"),
    Who.SUPERUSER: (100, "quillfeather@example.org"),
    Who.BILLING: (1, ""),
}


@pytest.mark.parametrize("who", CRAWLERS)
def test_following_every_link_of_the_admin_finds_nothing_that_is_not_for_them(asker: Asker, who: Who) -> None:
    at_least, word = CRAWLERS[who]
    pages = crawl(asker, who)
    leaks = {
        path: found
        for path, body in pages.items()
        if (found := [canary.name for canary in asker.world.unreadable(who) if canary.word.encode() in body])
    }
    assert leaks == {}
    assert len(pages) >= at_least
    assert any(word.encode() in body for body in pages.values())

"""Every route that the URL resolver knows, with the names by which the table speaks of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, URLResolver, get_resolver

# Patterns whose groups have no names.
_READABLE = {r"^(\d+)/(.*)$": "<document_id>/<filename>", r"^((?:[\w\-]+/)*)$": "<page_path>", "^.*/$": "no-such-page/"}
_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """`key` is the route's name with its namespaces, or its pattern where it has none; `pattern` names arguments.

    `methods` are those that a view of the API answers at all; empty for other views, of which one cannot tell.
    """

    key: str
    pattern: str
    methods: frozenset[str] = frozenset()

    @property
    def parameters(self) -> list[str]:
        return _ARGUMENT.findall(self.pattern)

    def path(self, arguments: dict[str, str]) -> str:
        return _ARGUMENT.sub(lambda found: arguments[found[1]], self.pattern)

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith("/api/")


@cache
def all_routes() -> tuple[Route, ...]:
    """Those of one pattern once: the first answers."""
    found: dict[str, Route] = {}
    for route in _walk(get_resolver(), "/", ()):
        found.setdefault(route.pattern, route)
    return tuple(found.values())


def _walk(resolver: URLResolver, before: str, names: Sequence[str]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        own = _READABLE.get(str(entry.pattern)) or simplify_regex(str(entry.pattern))
        pattern = before + _ARGUMENT.sub(r"<\1>", own.lstrip("/"))
        if isinstance(entry, URLPattern):
            key = ":".join([*names, entry.name]) if entry.name else pattern
            yield Route(key, pattern, _methods(entry))
        else:
            yield from _walk(entry, pattern, [*names, entry.namespace] if entry.namespace else names)


def _methods(entry: URLPattern) -> frozenset[str]:
    view = getattr(entry.callback, "cls", None)
    known = {name.upper() for name in getattr(view, "http_method_names", ()) if hasattr(view, name)} - {"OPTIONS"}
    return frozenset(known | {"HEAD"} if "GET" in known else known)

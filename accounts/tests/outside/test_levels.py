"""Which views stand behind a level, without asking any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.test import RequestFactory
from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver

from accounts.outside.levels import Capability, wanted_for


def views(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", entry.callback
        else:
            yield from views(entry, f"{entry.namespace}:" if entry.namespace else namespace)


def wanted(name: str, view: Callable[..., Any], method: str = "get") -> Capability | None:
    request = getattr(RequestFactory(), method)("/")
    app, _, route = name.rpartition(":")
    request.resolver_match = ResolverMatch(view, (), {}, route, namespaces=[app] if app else [])
    return wanted_for(request, view)


def test_every_view_of_a_record_wants_the_level_of_records() -> None:
    """Pages and the API alike, but for what a pharmacy asks with a code in its hand."""
    of_records = {name: view for name, view in views(get_resolver()) if view.__module__.startswith("records.")}
    assert len(of_records) > 100
    open_views = {name for name, view in of_records.items() if wanted(name, view) is not Capability.RECORDS}
    assert open_views == {"records:prescription_check", "api_prescription_check"}


def test_looking_at_free_times_wants_nothing_and_booking_does() -> None:
    every = dict(views(get_resolver()))
    for name in ("booking:slot_picker", "api_slots", "api_appointments"):
        assert wanted(name, every[name]) is None
    assert wanted("booking:confirm", every["booking:confirm"]) is Capability.BOOKING
    assert wanted("api_appointments", every["api_appointments"], "post") is Capability.BOOKING
    assert wanted("accounts:profile", every["accounts:profile"], "post") is None

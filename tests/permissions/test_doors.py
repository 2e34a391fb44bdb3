"""One way in: no address signs anybody in beside allauth's, and the admin reaches accounts only as was judged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.views import LoginView
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.views.generic import RedirectView

# A new one may write beside the services (Wagtail's "copy" saved over the account itself): judge it before adding it.
KNOWN = {"index", "index_results", "add", "edit", "usage", "history", "history_results"}
OF_ACCOUNTS = KNOWN | {"access", "access_change"}


def _patterns(resolver: URLResolver, before: str = "", namespace: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    for entry in resolver.url_patterns:
        address = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield address, namespace, entry
        else:
            yield from _patterns(entry, address, entry.namespace or namespace)


def _is_stock_sign_in(view: object) -> bool:
    view_class = getattr(view, "view_class", None)
    return view_class is not None and issubclass(view_class, LoginView)


def test_no_reachable_address_is_djangos_own_sign_in() -> None:
    stock = [address for address, _, pattern in _patterns(get_resolver()) if _is_stock_sign_in(pattern.callback)]
    assert "_util/login/" in stock
    assert [address for address in stock if _is_stock_sign_in(resolve(f"/{address}").func)] == []
    assert getattr(resolve("/_util/login/").func, "view_class", None) is RedirectView


@pytest.mark.parametrize(("namespace", "known"), [("wagtailusers_users", OF_ACCOUNTS), ("wagtailusers_groups", KNOWN)])
def test_the_admin_has_no_other_way_to_accounts_and_roles(namespace: str, known: set[str]) -> None:
    assert {pattern.name for _, of, pattern in _patterns(get_resolver()) if of == namespace} - {None} == known

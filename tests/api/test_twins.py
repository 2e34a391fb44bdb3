"""Every page on which patients, carers, doctors and the desk do something, side by side with its twin in the API."""

from __future__ import annotations

from tests.permissions.matrix.api_rows import API
from tests.permissions.matrix.routes import Route, all_routes
from tests.permissions.matrix.twins import IN_OTHER_WAYS, TWINS, WITHOUT, operations

# Other people's pages: the officers' and editors' admin, allauth's, the public site's, and development's.
_NOT_OURS = ("/admin/", "/django-admin/", "/dev/", "/ui/", "/media/", "/documents/")
_PUBLIC = {"robots", "security_txt", "shared_picture", "site_search", "sitemap", "sitemaps", "news_rss", "news_atom"}


def pages() -> set[str]:
    return {route.key for route in all_routes() if not route.is_api and _is_theirs(route)}


def _is_theirs(route: Route) -> bool:
    library = route.key.startswith(("account_", "mfa_", "wagtail", "socialaccount_", "headless", "django.", "/"))
    return not (library or route.pattern.startswith(_NOT_OURS) or route.key in _PUBLIC)


def test_every_page_has_a_twin_or_says_why_it_has_none() -> None:
    told = [*TWINS, *IN_OTHER_WAYS, *WITHOUT]
    assert len(told) == len(set(told))
    assert pages() ^ set(told) == set()


def test_every_twin_is_there_and_takes_its_method() -> None:
    known = {route.key for route in all_routes() if route.is_api}
    named = {route for twins in (TWINS | IN_OTHER_WAYS).values() for _, route in operations(twins)}
    assert named - known == set()
    own = {key for key in known if any(one.concerns(key) for one in API)}
    assert known - named - own == set()

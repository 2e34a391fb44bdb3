from __future__ import annotations

import inspect
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import URLPattern
from drf_spectacular.views import SpectacularSwaggerSplitView

from accounts.states import Area
from common.areas import PUBLIC
from common.drf.views import ApiView
from medconsult import api

DOCS = Path(__file__).parents[2] / "docs"
COMMITTED = DOCS / "openapi.yaml"
AUTH = "accounts.security.headless.description.Generator"


@pytest.mark.parametrize(
    ("more", "committed"), [((), COMMITTED), (("--generator-class", AUTH), DOCS / "openapi-auth.yaml")]
)
def test_the_committed_description_is_what_the_code_says_and_leaves_no_guess(
    more: tuple[str, ...], committed: Path
) -> None:
    """Anything that the generator has to guess is a warning, and each warning fails the command.

    Write it anew with `make openapi`.
    """
    told = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", *more, stdout=told)
    assert told.getvalue() == committed.read_text()


def test_every_view_says_what_it_is_about() -> None:
    """A token opens what its scopes name alone, so a view without an area would be closed to all of them."""
    callbacks: list[Any] = [pattern.callback for pattern in api.urlpatterns if isinstance(pattern, URLPattern)]
    views = [callback.view_class for callback in callbacks]
    known = {PUBLIC, *Area.values}
    odd = {
        view.__name__
        for view in views
        if not issubclass(view, SpectacularSwaggerSplitView)
        and not (issubclass(view, ApiView) and view.area in known and view.permission_classes)
    }
    assert odd == set()


def test_whatever_demands_the_version_that_was_read_is_described_so() -> None:
    """Without it in the description a generated client cannot send it, and is refused for ever."""
    patterns: list[Any] = [pattern for pattern in api.urlpatterns if isinstance(pattern, URLPattern)]
    views: dict[Any, Any] = {pattern.name: pattern.callback.view_class for pattern in patterns}
    handlers = {
        (name, method): inspect.getsource(getattr(view, method))
        for name, view in views.items()
        for method in ("post", "put", "patch", "delete")
        if hasattr(view, method) and issubclass(view, ApiView)
    }
    demanding = {key for key, source in handlers.items() if "version_asked(" in source or "tag_asked(" in source}
    marked = {(name, method) for name, method in handlers if getattr(views[name], "is_versioned", False)}
    assert demanding == marked
    assert ("api_note_sign", "post") in demanding
    assert COMMITTED.read_text().count("name: If-Match") == len(demanding)

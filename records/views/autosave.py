"""Forms that save by themselves every few seconds: what stands below them, whatever became of the session meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from common.htmx import is_fragment
from common.typed import is_made_for, typed_is_kept

View = Callable[..., HttpResponse]


def saves_by_itself(template: str, *, longest: int) -> Callable[[View], View]:
    """For the view of such a form, outside of what asks who comes: htmx gets `template`, the state of the draft, also
    where the doctor is signed out, so that the text stays in the window. `longest` as for `typed_is_kept`."""

    def decorate(view: View) -> View:
        refused = partial(_not_saved, template)

        @typed_is_kept(longest=longest)
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and is_fragment(request) and not request.user.is_authenticated:
                return refused(request)
            return view(request, *args, **kwargs)

        # Also where the session has ended by itself: the middleware that ends it would leave the page.
        door.answers_visitors = True  # type: ignore[attr-defined]
        door.answers_old_form = refused  # type: ignore[attr-defined]
        return door

    return decorate


def rendered(request: HttpRequest, template: str, context: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    """The page, or for htmx how the draft stands: two answers of one address."""
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _not_saved(template: str, request: HttpRequest) -> HttpResponse:
    """For htmx, whose doctor is signed out or has signed in anew since: nothing is saved, and the text stays there.

    With the token that is good now: for the same doctor the page saves once more by itself.
    """
    is_signed_in = request.user.is_authenticated
    context = {
        "is_signed_out": not is_signed_in,
        "is_renewed": is_signed_in and is_made_for(request),
        "is_anothers": is_signed_in and not is_made_for(request),
        "has_tried": "again" in request.POST,
        "version": request.POST.get("version", ""),
    }
    return rendered(request, template, context, HTTPStatus.UNPROCESSABLE_ENTITY)

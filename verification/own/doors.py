"""Who may come to the pages of their own verification."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url

from accounts.policies import SignedInRequest, turn_to
from verification.selectors import Tasks, tasks_of

P = ParamSpec("P")


def applicant_required(
    view: Callable[Concatenate[SignedInRequest, Tasks, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Lets in whoever has begun a verification, and hands it to the view; also a suspended doctor, whom it concerns.

    Visitors sign in and come back; everybody else comes to the page on which it begins.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return turn_to(request, resolve_url("account_login"))
        tasks = tasks_of(request.user)
        if tasks is None:
            return redirect("credentials:start")
        return view(request, tasks, *args, **kwargs)  # type: ignore[arg-type]

    return guarded

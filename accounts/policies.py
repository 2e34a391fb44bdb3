"""Which doors stand open to whom. Decorators here are for views of every app."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve, reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import patient_of
from common.errors import Forbidden
from common.htmx import is_fragment

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponse])


class SignedInRequest(HttpRequest):
    """The request of a view that stands behind a sign-in: its user is an account."""

    user: User


def has_role(user: User | AnonymousUser, role: Role) -> bool:
    """Membership of the role's group alone: a superuser has no role that nobody gave. One query a user object."""
    return isinstance(user, User) and user.is_active and role.value in user.role_names


def may_change_roles(actor: User | None) -> bool:
    """Administrators may; None stands for the system itself (a command, a service that acts by rule)."""
    return actor is None or actor.is_superuser or has_role(actor, Role.ADMINISTRATOR)


def patient_required(view: ViewT) -> ViewT:
    """Lets in whoever has a patient profile; visitors sign in first, others complete their profile, and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _turn(request, resolve_url("account_login"))
        if patient_of(request.user) is None:
            return _turn(request, reverse("accounts:profile"))
        return view(request, *args, **kwargs)

    guarded.needs_patient = True  # type: ignore[attr-defined]
    return cast("ViewT", guarded)


def doctor_required(view: ViewT) -> ViewT:
    """Lets in whoever has the role of a doctor, verified or not. Visitors sign in; everybody else is refused (403)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _turn(request, resolve_url("account_login"))
        if not has_role(request.user, Role.DOCTOR):
            raise Forbidden("doctors_only", "This page is for doctors who work with us.")
        return view(request, *args, **kwargs)

    return cast("ViewT", guarded)


def path_needs_patient(path: str) -> bool:
    """Whether the page at `path` (with or without a query) stands behind `patient_required`."""
    try:
        view = resolve(path.split("?", 1)[0]).func
    except Resolver404:
        return False
    return getattr(view, "needs_patient", False)


def _turn(request: HttpRequest, url: str) -> HttpResponse:
    """Send the person to `url` and afterwards back: the whole window, also where htmx asked for a part of it."""
    if is_fragment(request):
        came_from = getattr(request, "htmx").current_url_abs_path or "/"  # noqa: B009
        return HttpResponseClientRedirect(f"{url}?{urlencode({'next': came_from}, safe='/')}")
    return redirect_to_login(request.get_full_path(), url)

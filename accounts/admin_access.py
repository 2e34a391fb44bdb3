"""The screen beside a person's account in Wagtail's admin: what they may do here, and whether they may sign in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from accounts import services
from accounts.models import User
from accounts.policies import SignedInRequest, may_change_roles, recently_authenticated
from accounts.roles import Role
from accounts.selectors import patient_of, shares_nhs_number
from accounts.states import CloseReason
from common.errors import DomainError, Forbidden, Invalid

# Given and taken by hand. The others come and go with what a person is: a profile, a verification, a place to work at.
OFFICES = (
    Role.CONTENT_EDITOR,
    Role.CONTENT_MODERATOR,
    Role.VERIFICATION_OFFICER,
    Role.BILLING_OFFICER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)

View = Callable[..., HttpResponse]


def administrators_alone(view: View) -> View:
    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_change_roles(request.user):
            raise Forbidden("administrators_only", "This page is for administrators.")
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@administrators_alone
def access(request: HttpRequest, pk: int) -> HttpResponse:
    """The roles that a person has and could have, the account's state, and what has happened to it."""
    person = get_object_or_404(User, pk=pk)
    patient = patient_of(person)
    context = {
        "person": person,
        "held": [role for role in Role if role.value in person.role_names],
        "offices": OFFICES,
        "free": [role for role in OFFICES if role.value not in person.role_names],
        "reasons": CloseReason,
        "shares_nhs_number": patient is not None and shares_nhs_number(patient),
        "is_own": person == request.user,
    }
    return render(request, "accounts/admin/access.html", context)


@require_POST
@administrators_alone
@recently_authenticated
def access_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give or take one role, close or reopen: what `do` says."""
    person = get_object_or_404(User, pk=pk)
    try:
        messages.success(request, _changed(request, person))
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("wagtailusers_users:access", pk)


def _changed(request: SignedInRequest, person: User) -> str:
    do, actor, user_id = request.POST.get("do"), request.user, person.public_id
    if do == "close":
        services.account_close(actor=actor, user_id=user_id, reason=_chosen(CloseReason, request.POST.get("reason")))
        return f"The account of {person} is closed. Whoever is signed in with it is out."
    if do == "reopen":
        services.account_reopen(actor=actor, user_id=user_id)
        return f"{person} can sign in again."
    role = _chosen(Role, request.POST.get("role"))
    if do not in ("give", "take") or role not in OFFICES:
        raise Invalid("invalid", "Choose what to change.")
    if do == "take":
        services.role_revoke(actor=actor, user_id=user_id, role=role)
        return f"{person} no longer belongs to “{role.value}”."
    services.role_grant(actor=actor, user_id=user_id, role=role)
    return f"{person} belongs to “{role.value}” from now on."


def _chosen(choices: type[Any], value: str | None) -> Any:
    try:
        return choices(value)
    except ValueError:
        raise Invalid("invalid", "Choose one from the list.") from None


def urlpatterns() -> list[URLPattern]:
    return [
        path("<int:pk>/access/", access, name="access"),
        path("<int:pk>/access/change/", access_change, name="access_change"),
    ]

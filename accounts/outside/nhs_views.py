"""To NHS login and back. The network is called here between services, never inside one (integrations.nhs.login)."""

from __future__ import annotations

import time
from http import HTTPStatus
from urllib.parse import urlencode

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.models import User
from accounts.outside import kept, levels
from accounts.outside.steps import (
    ask_what_becomes_of,
    away,
    back_here,
    connect_own,
    disconnect_own,
    next_in,
    note,
    nothing_found,
    refused,
    sign_in,
    sign_in_first,
    where_offered,
)
from accounts.outside.ways import NHS_LOGIN
from accounts.policies import SignedInRequest
from accounts.selectors import is_address_taken
from common.errors import Conflict, NotFound
from integrations.nhs import login
from integrations.nhs.levels import Level
from integrations.oidc import AnswerRefused, NotGiven, ProviderAway

# Why somebody is sent there beside the capabilities of `levels`.
AGAIN = "again"


@where_offered(NHS_LOGIN)
@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """Off to NHS login: to sign in, or, signed in, to connect the account. `next` is where they go on to."""
    return _send(request, level=Level.P0, with_address=True)


@where_offered(NHS_LOGIN)
@require_safe
@login_required
def more(request: SignedInRequest, why: str) -> HttpResponse:
    """Says why they have to go there (once more), and leads there: a page between, for a form may lead nowhere else."""
    target = next_in(request)
    if why != AGAIN and not levels.is_missing(request, _capability(why)):
        return redirect(target or settings.LOGIN_REDIRECT_URL)
    context = {
        "why": why,
        "go": _with_next("nhs_login_go", target, why=why),
        # Whoever has disconnected it since they came by it is to sign in anew.
        "is_linked": levels.is_linked(request.user),
    }
    return render(request, "accounts/outside/more.html", context)


@where_offered(NHS_LOGIN)
@require_safe
@login_required
def go_for_more(request: SignedInRequest, why: str) -> HttpResponse:
    """Off to NHS login for the level that a capability wants, or to prove once more who they are."""
    if why == AGAIN:
        return _send(request, level=kept.level_of(request) or Level.P0, again=True)
    return _send(request, level=levels.level_for(_capability(why)))


def _send(request: HttpRequest, *, level: Level, with_address: bool = False, again: bool = False) -> HttpResponse:
    try:
        begun = login.begin(redirect_uri=back_here(NHS_LOGIN), level=level, with_address=with_address, again=again)
    except ProviderAway as error:
        return away(request, NHS_LOGIN, error)
    way = kept.OnTheWay(
        provider=NHS_LOGIN.provider.value,
        attempt=begun.attempt,
        target=next_in(request),
        level=level,
        with_address=with_address,
        again=again,
    )
    kept.send_on_the_way(request, way)
    return redirect(begun.url)


@where_offered(NHS_LOGIN)
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Where NHS login sends people back to, with an answer that counts once."""
    way = kept.come_back(request, NHS_LOGIN.provider.value)
    if way is None or way.level is None:
        return refused(request, NHS_LOGIN, "no_attempt")
    try:
        person = login.finish(
            way.attempt, request.GET.dict(), level=way.level, with_address=way.with_address, again=way.again
        )
    except NotGiven as error:
        return _not_given(request, way, error)
    except AnswerRefused as error:
        return refused(request, NHS_LOGIN, error.reason)
    except ProviderAway as error:
        return away(request, NHS_LOGIN, error)
    return _recognised(request, way, person)


def _recognised(request: HttpRequest, way: kept.OnTheWay, person: login.Verified) -> HttpResponse:
    owner = services.identity_verify(provider=NHS_LOGIN.provider, subject=person.subject, level=person.level)
    user = request.user
    if isinstance(user, User):
        if owner is None and way.with_address and not levels.is_linked(user):
            return ask_what_becomes_of(request, NHS_LOGIN, _found(way, person))
        if owner != user:
            return refused(request, NHS_LOGIN, "another_person")
        return _go_on(request, way, user, person.level)
    if owner is None:
        return ask_what_becomes_of(request, NHS_LOGIN, _found(way, person))
    kept.note_level(request, owner, person.level)
    return sign_in(request, NHS_LOGIN, owner, way.target)


def _found(way: kept.OnTheWay, person: login.Verified) -> kept.Found:
    return kept.Found(
        provider=way.provider,
        subject=person.subject,
        level=person.level,
        email=person.email,
        target=way.target,
        at=time.time(),
    )


def _go_on(request: HttpRequest, way: kept.OnTheWay, user: User, level: Level) -> HttpResponse:
    """Signed in already, and proved anew: the session has a new name with it, and may open more, never less."""
    levels.add(request, user, level)
    if way.again:
        record_authentication(request, user, method=NHS_LOGIN.provider.value, reauthenticated=True)
    else:
        request.session.cycle_key()
    return redirect(way.target or "accounts:security")


@where_offered(NHS_LOGIN)
@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: HttpRequest) -> HttpResponse:
    """What becomes of whom NHS login recognises and we do not: their account, a new one, or signing in first."""
    found = kept.found_in(request, NHS_LOGIN.provider.value)
    if found is None or found.level is None:
        return nothing_found(request)
    if request.user.is_authenticated:
        return _connect_own(request)
    if not found.email or is_address_taken(found.email):
        return sign_in_first(request, NHS_LOGIN, found)
    if request.method == "POST":
        return _create(request, found, found.level)
    return render(request, "accounts/outside/create.html", {"found": found})


def _connect_own(request: HttpRequest) -> HttpResponse:
    """But not in a session that came by another NHS login, since disconnected, which was not sure enough of its owner:
    whoever that was would open the record by how sure it is of somebody else."""
    if levels.is_missing(request, levels.Capability.RECORDS):
        kept.forget_found(request)
        messages.error(request, "Sign out, and sign in again in another way, to connect this NHS login.")
        return redirect("accounts:security")
    return connect_own(request, NHS_LOGIN)


def _create(request: HttpRequest, found: kept.Found, level: Level) -> HttpResponse:
    kept.forget_found(request)
    try:
        user = services.account_create_outside(email=found.email, subject=found.subject, level=level)
    except Conflict:
        return sign_in_first(request, NHS_LOGIN, found, status=HTTPStatus.CONFLICT)
    kept.note_level(request, user, level)
    return sign_in(request, NHS_LOGIN, user, found.target)


@where_offered(NHS_LOGIN)
@require_POST
def disconnect(request: SignedInRequest) -> HttpResponse:
    """NHS login opens this account no more."""
    return disconnect_own(request, NHS_LOGIN)


def _not_given(request: HttpRequest, way: kept.OnTheWay, error: NotGiven) -> HttpResponse:
    """NHS login wants of us a page that offers both ways on to whoever does not share what it knows of them."""
    if (error.error, error.description) != login.REFUSED:
        return refused(request, NHS_LOGIN, "not_given")
    note(request, NHS_LOGIN, "consent")
    context = {"again": _with_next("nhs_login", way.target), "go_on": way.target}
    return render(request, "accounts/outside/not_shared.html", context)


def _capability(name: str) -> levels.Capability:
    try:
        return levels.Capability(name)
    except ValueError:
        raise NotFound from None


def _with_next(name: str, target: str, **parts: str) -> str:
    query = f"?{urlencode({'next': target}, safe='/')}" if target else ""
    return reverse(f"accounts:{name}", kwargs=parts) + query

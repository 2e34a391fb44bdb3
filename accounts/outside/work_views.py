"""To the sign-in of who works here, and back. It opens accounts that their owners have connected, and makes none."""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.models import User
from accounts.outside import kept
from accounts.outside.steps import (
    ask_what_becomes_of,
    away,
    back_here,
    connect_own,
    disconnect_own,
    next_in,
    nothing_found,
    refused,
    sign_in,
    sign_in_first,
    where_offered,
)
from accounts.outside.ways import WORK_LOGIN
from accounts.policies import SignedInRequest, has_office
from integrations.oidc import AnswerRefused, NotGiven, ProviderAway, SignedIn, work

PROVIDER = WORK_LOGIN.provider.value
# Why somebody is not taken whom the provider recognises.
NOT_STAFF = "not_staff"


@where_offered(WORK_LOGIN)
@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """Off to the provider: to sign in, or, signed in, to connect the account. `next` is where they go on to."""
    try:
        begun = work.begin(redirect_uri=back_here(WORK_LOGIN))
    except ProviderAway as error:
        return away(request, WORK_LOGIN, error)
    kept.send_on_the_way(
        request, kept.OnTheWay(provider=PROVIDER, attempt=begun.attempt, target=next_in(request), with_address=True)
    )
    return redirect(begun.url)


@where_offered(WORK_LOGIN)
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Where the provider sends people back to, with an answer that counts once."""
    way = kept.come_back(request, PROVIDER)
    if way is None:
        return refused(request, WORK_LOGIN, "no_attempt")
    try:
        person = work.finish(way.attempt, request.GET.dict())
        address = work.address_of(person)
    except NotGiven:
        return refused(request, WORK_LOGIN, "not_given")
    except AnswerRefused as error:
        return refused(request, WORK_LOGIN, error.reason)
    except ProviderAway as error:
        return away(request, WORK_LOGIN, error)
    return _recognised(request, way, person, address)


def _recognised(request: HttpRequest, way: kept.OnTheWay, person: SignedIn, address: str) -> HttpResponse:
    owner, user = services.identity_verify(provider=WORK_LOGIN.provider, subject=person.subject), request.user
    if owner is None:
        found = kept.Found(
            provider=PROVIDER,
            subject=person.subject,
            level=None,
            email=address,
            target=way.target,
            at=time.time(),
        )
        return ask_what_becomes_of(request, WORK_LOGIN, found, person.tokens)
    if isinstance(user, User) and owner != user:
        return refused(request, WORK_LOGIN, "another_person")
    if not has_office(owner):
        return refused(request, WORK_LOGIN, NOT_STAFF)
    services.outside_tokens_keep(user=owner, provider=WORK_LOGIN.provider, tokens=person.tokens)
    if isinstance(user, User):
        return redirect(way.target or "accounts:security")
    return sign_in(request, WORK_LOGIN, owner, way.target)


@where_offered(WORK_LOGIN)
@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: HttpRequest) -> HttpResponse:
    """Whom the provider recognises and we do not: they sign in first, and say that it may open their account."""
    found, user = kept.found_in(request, PROVIDER), request.user
    if found is None:
        return nothing_found(request)
    if not isinstance(user, User):
        return sign_in_first(request, WORK_LOGIN, found)
    if not has_office(user):
        kept.forget_found(request)
        return refused(request, WORK_LOGIN, NOT_STAFF)
    return connect_own(request, WORK_LOGIN)


@where_offered(WORK_LOGIN)
@require_POST
def disconnect(request: SignedInRequest) -> HttpResponse:
    """It opens this account no more, and nothing of it is kept."""
    return disconnect_own(request, WORK_LOGIN)

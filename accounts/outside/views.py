"""To NHS login and back. The network is called here between services, never inside one (integrations.nhs.login)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import EmailAddress, Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.models import User
from accounts.outside import kept, levels
from accounts.policies import SignedInRequest, recently_authenticated
from common.errors import Conflict, NotFound
from integrations.nhs import login
from integrations.nhs.levels import Level
from integrations.oidc import AnswerRefused, NotGiven, ProviderAway

logger = logging.getLogger(__name__)
METHOD = "nhs-login"
# Why somebody is sent there beside the capabilities of `levels`.
AGAIN = "again"
ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponse])


def where_offered(view: ViewT) -> ViewT:
    """Nothing is there where the installation has no NHS login."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not login.is_offered():
            raise NotFound
        return view(request, *args, **kwargs)

    return cast("ViewT", never_cache(guarded))


@where_offered
@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """Off to NHS login: to sign in, or, signed in, to connect the account. `next` is where they go on to."""
    return _send(request, level=Level.P0, with_address=True)


@where_offered
@require_safe
@login_required
def more(request: SignedInRequest, why: str) -> HttpResponse:
    """Says why they have to go there (once more), and leads there: a page between, for a form may lead nowhere else."""
    target = _next(request)
    if why != AGAIN and not levels.is_missing(request, _capability(why)):
        return redirect(target or settings.LOGIN_REDIRECT_URL)
    return render(
        request, "accounts/outside/more.html", {"why": why, "go": _with_next("nhs_login_go", target, why=why)}
    )


@where_offered
@require_safe
@login_required
def go_for_more(request: SignedInRequest, why: str) -> HttpResponse:
    """Off to NHS login for the level that a capability wants, or to prove once more who they are."""
    if why == AGAIN:
        return _send(request, level=kept.level_of(request) or Level.P0, again=True)
    return _send(request, level=levels.level_for(_capability(why)))


def _send(request: HttpRequest, *, level: Level, with_address: bool = False, again: bool = False) -> HttpResponse:
    back_here = f"{settings.BASE_URL}{reverse('accounts:nhs_login_back')}"
    try:
        begun = login.begin(redirect_uri=back_here, level=level, with_address=with_address, again=again)
    except ProviderAway as error:
        return _away(request, error)
    way = kept.OnTheWay(
        attempt=begun.attempt, level=level, with_address=with_address, again=again, target=_next(request)
    )
    kept.send_on_the_way(request, way)
    return redirect(begun.url)


@where_offered
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Where NHS login sends people back to, with an answer that counts once."""
    way = kept.come_back(request)
    if way is None:
        return _refused(request, "no_attempt")
    try:
        person = login.finish(
            way.attempt, request.GET.dict(), level=way.level, with_address=way.with_address, again=way.again
        )
    except NotGiven as error:
        return _not_given(request, way, error)
    except AnswerRefused as error:
        return _refused(request, error.reason)
    except ProviderAway as error:
        return _away(request, error)
    return _recognised(request, way, person)


def _recognised(request: HttpRequest, way: kept.OnTheWay, person: login.Verified) -> HttpResponse:
    owner = services.identity_verify(subject=person.subject, level=person.level)
    user = request.user
    if isinstance(user, User):
        if owner is None and way.with_address and not levels.is_linked(user):
            return _ask_what_becomes_of(request, way, person)
        if owner != user:
            return _refused(request, "another_person")
        return _go_on(request, way, user, person.level)
    if owner is None:
        return _ask_what_becomes_of(request, way, person)
    return _sign_in(request, owner, person.level, way.target)


def _ask_what_becomes_of(request: HttpRequest, way: kept.OnTheWay, person: login.Verified) -> HttpResponse:
    found = kept.Found(
        subject=person.subject, level=person.level, email=person.email, target=way.target, at=time.time()
    )
    kept.keep_found(request, found)
    return redirect("accounts:nhs_login_connect")


def _go_on(request: HttpRequest, way: kept.OnTheWay, user: User, level: Level) -> HttpResponse:
    """Signed in already, and proved anew: the session has a new name with it."""
    kept.note_level(request, user, level)
    if way.again:
        record_authentication(request, user, method=METHOD, reauthenticated=True)
    else:
        request.session.cycle_key()
    return redirect(way.target or "accounts:security")


def _sign_in(request: HttpRequest, user: User, level: Level, target: str) -> HttpResponse:
    """By allauth's own stages: whoever has a second step here is asked for it."""
    kept.note_level(request, user, level)
    record_authentication(request, user, method=METHOD)
    return perform_login(request, Login(user=user, redirect_url=target or None, email=user.email))


@where_offered
@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: HttpRequest) -> HttpResponse:
    """What becomes of somebody whom NHS login recognises and we do not: their account, a new one, or signing in first.

    An address alone connects nothing: whoever owns the account says so, signed in.
    """
    found = kept.found_in(request)
    if found is None:
        return redirect("accounts:security" if request.user.is_authenticated else "account_login")
    if request.user.is_authenticated:
        return _connect_own(request)
    if not found.email or EmailAddress.objects.filter(email__iexact=found.email).exists() or _is_taken(found.email):
        return render(request, "accounts/outside/sign_in_first.html", {"found": found})
    if request.method == "POST":
        return _create(request, found)
    return render(request, "accounts/outside/create.html", {"found": found})


@recently_authenticated
def _connect_own(request: HttpRequest) -> HttpResponse:
    user, found = cast("User", request.user), kept.found_in(request)
    assert found is not None
    if request.method != "POST":
        return render(request, "accounts/outside/connect.html", {"found": found})
    kept.forget_found(request)
    try:
        services.identity_link(actor=user, subject=found.subject, level=found.level)
    except Conflict as error:
        messages.error(request, str(error))
        return redirect("accounts:security")
    kept.note_level(request, user, found.level)
    get_adapter(request).send_notification_mail("account/email/nhs_login_connected", user)
    messages.success(request, "Your account is connected to your NHS login.")
    return redirect(found.target or "accounts:security")


def _create(request: HttpRequest, found: kept.Found) -> HttpResponse:
    kept.forget_found(request)
    try:
        user = services.account_create_outside(email=found.email, subject=found.subject, level=found.level)
    except Conflict:
        return render(request, "accounts/outside/sign_in_first.html", {"found": found}, status=HTTPStatus.CONFLICT)
    return _sign_in(request, user, found.level, found.target)


@where_offered
@require_POST
@recently_authenticated
def disconnect(request: SignedInRequest) -> HttpResponse:
    """NHS login opens this account no more."""
    try:
        if services.identity_unlink(actor=request.user):
            get_adapter(request).send_notification_mail("account/email/nhs_login_disconnected", request.user)
            messages.success(request, "NHS login does not open your account any more.")
    except Conflict as error:
        messages.error(request, str(error))
    return redirect("accounts:security")


def _not_given(request: HttpRequest, way: kept.OnTheWay, error: NotGiven) -> HttpResponse:
    """NHS login wants of us a page that offers both ways on to whoever does not share what it knows of them."""
    if (error.error, error.description) != login.REFUSED:
        return _refused(request, "not_given")
    _note(request, "consent")
    context = {"again": _with_next("nhs_login", way.target), "go_on": way.target}
    return render(request, "accounts/outside/not_shared.html", context)


def _refused(request: HttpRequest, reason: str) -> HttpResponse:
    _note(request, reason)
    context = {"is_another": reason == "another_person"}
    return render(request, "accounts/outside/not_recognised.html", context, status=HTTPStatus.BAD_REQUEST)


def _away(request: HttpRequest, error: ProviderAway) -> HttpResponse:
    logger.warning("NHS login is away: %s", error)
    context = {"is_away": True}
    return render(request, "accounts/outside/not_recognised.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE)


def _note(request: HttpRequest, reason: str) -> None:
    services.identity_refuse(actor=request.user if isinstance(request.user, User) else None, reason=reason)


def _is_taken(email: str) -> bool:
    return User.objects.filter(email=email.lower()).exists()


def _capability(name: str) -> levels.Capability:
    try:
        return levels.Capability(name)
    except ValueError:
        raise NotFound from None


def _with_next(name: str, target: str, **parts: str) -> str:
    query = f"?{urlencode({'next': target}, safe='/')}" if target else ""
    return reverse(f"accounts:{name}", kwargs=parts) + query


def _next(request: HttpRequest) -> str:
    target = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else ""

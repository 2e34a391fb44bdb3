"""What is the same on the way to every provider and back. The network is called between services, never inside one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.views.decorators.cache import never_cache

from accounts import services
from accounts.models import User
from accounts.outside import kept, levels
from accounts.outside.ways import Way
from accounts.policies import SignedInRequest, own_address, recently_authenticated
from common.errors import Conflict, NotFound
from integrations.oidc import ClientRefused, ProviderAway, Tokens

logger = logging.getLogger(__name__)
ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponse])


def where_offered(way: Way) -> Callable[[ViewT], ViewT]:
    """Nothing is there where the installation has no such provider."""

    def decorated(view: ViewT) -> ViewT:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not way.is_offered():
                raise NotFound
            return view(request, *args, **kwargs)

        return cast("ViewT", never_cache(guarded))

    return decorated


def back_here(way: Way) -> str:
    """The address that the provider sends people back to, as it knows it."""
    return f"{settings.BASE_URL}{way.path('_back')}"


def next_in(request: HttpRequest) -> str:
    """Where they go on to: an address of ours, or nowhere."""
    return own_address(request, request.GET.get("next", ""))


def ask_what_becomes_of(
    request: HttpRequest, way: Way, found: kept.Found, tokens: Tokens | None = None
) -> HttpResponse:
    kept.keep_found(request, found, tokens)
    return redirect(way.connect_path)


def sign_in(request: HttpRequest, way: Way, user: User, target: str) -> HttpResponse:
    """By allauth's own stages: whoever has a second step here is asked for it."""
    record_authentication(request, user, method=way.provider.value)
    return perform_login(request, Login(user=user, redirect_url=target or None, email=user.email))


def nothing_found(request: HttpRequest) -> HttpResponse:
    """Nobody waits to be connected (any more)."""
    return redirect("accounts:security" if request.user.is_authenticated else "account_login")


def sign_in_first(request: HttpRequest, way: Way, found: kept.Found, *, status: int = HTTPStatus.OK) -> HttpResponse:
    """An address alone connects nothing: whoever owns the account says so, signed in."""
    return render(request, "accounts/outside/sign_in_first.html", {"found": found, "way": way}, status=status)


@recently_authenticated
def connect_own(request: HttpRequest, way: Way) -> HttpResponse:
    """The page that asks, and the answer of whoever is signed in."""
    user, found = cast("User", request.user), kept.found_in(request, way.provider)
    assert found is not None
    if request.method != "POST":
        return render(request, "accounts/outside/connect.html", {"found": found, "way": way})
    tokens = kept.tokens_of(request, found)
    kept.forget_found(request)
    try:
        services.identity_link(actor=user, provider=way.provider, subject=found.subject, level=found.level or "")
    except Conflict as error:
        messages.error(request, str(error))
        return redirect("accounts:security")
    if found.level:
        levels.add(request, user, found.level)
    if tokens:
        services.outside_tokens_keep(user=user, provider=way.provider, tokens=tokens)
    get_adapter(request).send_notification_mail("account/email/outside_connected", user, {"way": way})
    messages.success(request, f"Your account is connected to your {way.name()}.")
    return redirect(found.target or "accounts:security")


@recently_authenticated
def disconnect_own(request: SignedInRequest, way: Way) -> HttpResponse:
    """The provider opens this account no more."""
    try:
        if disconnected(request, request.user, way):
            messages.success(request, f"{capfirst(way.name())} does not open your account any more.")
    except Conflict as error:
        messages.error(request, str(error))
    return redirect("accounts:security")


def disconnected(request: HttpRequest, user: User, way: Way) -> bool:
    """Disconnect it, and tell the owner; False where it was not connected. Raises `NoOtherWay`."""
    is_done = services.identity_unlink(actor=user, provider=way.provider)
    if is_done:
        get_adapter(request).send_notification_mail("account/email/outside_disconnected", user, {"way": way})
    return is_done


def refused(request: HttpRequest, way: Way, reason: str) -> HttpResponse:
    note(request, way, reason)
    context = {"way": way, "reason": reason}
    return render(request, "accounts/outside/not_recognised.html", context, status=HTTPStatus.BAD_REQUEST)


def away(request: HttpRequest, way: Way, error: ProviderAway) -> HttpResponse:
    level = logging.ERROR if isinstance(error, ClientRefused) else logging.WARNING
    logger.log(level, "%s is away: %s", way.provider.label, error)
    context = {"way": way, "reason": "away"}
    return render(request, "accounts/outside/not_recognised.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE)


def note(request: HttpRequest, way: Way, reason: str) -> None:
    actor = request.user if isinstance(request.user, User) else None
    services.identity_refuse(actor=actor, provider=way.provider, reason=reason)

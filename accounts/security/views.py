from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from allauth.core.internal.ratelimit import handler429
from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView, ViewRecoveryCodesView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import services
from accounts.models import User
from accounts.outside.selectors import doors_of
from accounts.policies import SignedInRequest, own_address, recently_authenticated, two_step_demanded
from accounts.security import selectors
from accounts.security.current import session_id
from accounts.security.devices import device_of
from accounts.security.mfa_adapter import passkeys_possible
from common.errors import NotFound

AFTERWARDS = "after_two_step"


@never_cache
@require_safe
@login_required
def security(request: SignedInRequest) -> HttpResponse:
    """Everything that opens this account, and who has tried to."""
    context = {
        "two_step": selectors.two_step_of(request.user),
        "is_demanded": two_step_demanded(request.user),
        "passkeys_possible": passkeys_possible(request),
        "sessions": selectors.sessions_of(request.user),
        "current": session_id(request),
        "tokens": selectors.tokens_of(request.user),
        "sign_ins": selectors.sign_ins_of(request.user),
        "doors": doors_of(request.user),
    }
    return render(request, "accounts/security.html", context)


@require_POST
@recently_authenticated
def end_session(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Sign out one device."""
    user = request.user
    if not services.session_end(user_id=user.public_id, session_id=public_id, actor=user, reason="revoked"):
        raise NotFound("This session has ended already.")
    messages.success(request, "That device is signed out.")
    return redirect("accounts:security")


@require_POST
@recently_authenticated
def end_other_sessions(request: SignedInRequest) -> HttpResponse:
    """Sign out everywhere else."""
    user = request.user
    services.sessions_end(user_id=user.public_id, actor=user, except_session=str(session_id(request)))
    messages.success(request, "You are signed out everywhere else.")
    return redirect("accounts:security")


@require_POST
@recently_authenticated
def end_tokens(request: SignedInRequest) -> HttpResponse:
    """Sign out every program that came by the API."""
    services.tokens_revoke(user=request.user, actor=request.user)
    messages.success(request, "No program can use your account any more.")
    return redirect("accounts:security")


@require_POST
@recently_authenticated
def end_token(request: SignedInRequest, token_id: UUID) -> HttpResponse:
    """Sign out one program."""
    if not services.token_revoke(user=request.user, token_id=token_id):
        raise NotFound("This token has ended already.")
    messages.success(request, "That program cannot use your account any more.")
    return redirect("accounts:security")


@never_cache
@require_safe
@login_required
def two_step_needed(request: SignedInRequest) -> HttpResponse:
    """Where somebody is led of whom two-step sign-in is demanded; they go on from `two_step_done`."""
    target = own_address(request, request.GET.get("next", ""))
    if request.user.has_two_step:
        return redirect(target or "accounts:security")
    if target:
        request.session[AFTERWARDS] = target
    return render(request, "accounts/two_step_needed.html", {"passkeys_possible": passkeys_possible(request)})


@require_safe
@login_required
def two_step_done(request: SignedInRequest) -> HttpResponse:
    """On to the page that two-step sign-in stood in front of, else back to the security page."""
    target = own_address(request, request.session.pop(AFTERWARDS, ""))
    return redirect(target or "accounts:security")


class RecoveryCodes(ViewRecoveryCodesView):
    """allauth's page, and a line in the log: whoever has seen the codes can sign in with them."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        _note(self.request, "recovery_codes.viewed")
        return context


class RecoveryCodesFile(DownloadRecoveryCodesView):
    """As the page above."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        _note(self.request, "recovery_codes.downloaded")
        return context


def too_many_attempts(request: HttpRequest) -> HttpResponse:
    """What allauth answers where somebody asks more often than its pages take."""
    email = request.user.email if isinstance(request.user, User) else ""
    services.sign_in_limited(email=email, device=device_of(request))
    return handler429(request)


def _note(request: HttpRequest, action: str) -> None:
    user = cast("User", request.user)
    services.credential_note(user=user, action=action, actor=user, device=device_of(request))

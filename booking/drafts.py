"""What somebody typed whose session ended meanwhile: kept for them, encrypted, until they have signed in again."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from cryptography.fernet import InvalidToken
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from accounts.asking import AccessNeedsFields
from accounts.models import User
from accounts.policies import SignedInRequest
from booking.validators import REASON_LENGTH
from common.fields import cipher

_KEY, _SALT = "booking_typed", "booking.drafts"
_LASTS = 60 * 60
_KEPT = frozenset({"idempotency_key", "patient", "reason", *AccessNeedsFields.base_fields})

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponse])


def mark_of(user: User) -> str:
    """For a form to carry: for whom it was made. On a shared computer the next person gets nobody else's words."""
    return signing.Signer(salt=_SALT).sign(str(user.public_id))


def typed_is_kept(view: ViewT) -> ViewT:
    """A form that comes without a session is kept, and its sender comes back to it by signing in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST" or request.user.is_authenticated:
            return view(request, *args, **kwargs)
        _keep(request)
        return redirect_to_login(request.get_full_path(), resolve_url("account_login"))

    return cast("ViewT", guarded)


def _keep(request: HttpRequest) -> None:
    try:
        made_for = signing.Signer(salt=_SALT).unsign(request.POST.get("made_for", ""))
    except signing.BadSignature:
        return
    sent = {name: value for name, value in request.POST.items() if name in _KEPT or name.startswith("consent_")}
    if any(len(value) > 2 * REASON_LENGTH for value in sent.values()):
        return
    draft = {"for": made_for, "path": request.path, "sent": sent}
    request.session[_KEY] = cipher().encrypt(json.dumps(draft).encode()).decode()


def typed_before(request: SignedInRequest) -> dict[str, str]:
    """What the person sent to this page before they had to sign in again; it is given back once."""
    kept = request.session.pop(_KEY, None)
    if kept is None:
        return {}
    try:
        draft = json.loads(cipher().decrypt(kept.encode(), ttl=_LASTS))
    except InvalidToken:
        return {}
    is_theirs = (draft["for"], draft["path"]) == (str(request.user.public_id), request.path)
    return dict(draft["sent"]) if is_theirs else {}

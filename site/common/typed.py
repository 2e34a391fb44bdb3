"""What somebody typed whose session ended meanwhile: kept for them, encrypted, until they have signed in again.

So it is where they have to prove once more who they are, and where they have signed in in another window, which makes
the token of a form that stayed open one of the past.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from cryptography.fernet import InvalidToken
from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_CSRF_TOKEN_MISSING, REASON_NO_CSRF_COOKIE
from django.shortcuts import redirect, resolve_url
from django.views.csrf import csrf_failure

from common.fields import cipher
from common.htmx import is_fragment
from common.limits import Limit, spend
from common.models import PublicIdModel

MADE_FOR = "made_for"
# Buttons say what to do and not what was typed; a proof or a token of the past is worth nothing later.
NEVER_KEPT = frozenset({MADE_FOR, "csrfmiddlewaretoken", "password", "keep", "sign", "save", "add", "remove"})
_KEY, _SALT = "typed", "common.typed"
_LASTS = 60 * 60
_LONGEST_NAME = 80
_MOST_FORMS, _MOST_FIELDS, _MOST_TOGETHER = 3, 150, 300_000
# Of one person's, wherever they are.
KEPT = Limit(name="typed", most=60, within=timedelta(hours=1))

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponse])


def mark_of(user: AbstractBaseUser | AnonymousUser, path: str) -> str:
    """For the form of the page at `path` to carry: for whom it was made, as long as a session lasts.

    On a shared computer the next person gets nobody else's words, and nobody fills our sessions with what no form of
    theirs has sent.
    """
    return signing.TimestampSigner(salt=f"{_SALT}:{path}").sign(_id_of(user))


def is_made_for(request: HttpRequest) -> bool:
    """Whether the form that was sent was made for the person who is signed in now."""
    made_for = _made_for(request)
    return bool(made_for) and made_for == _id_of(request.user)


def typed_is_kept(*, longest: int, keeps: Callable[[str], bool] | None = None) -> Callable[[ViewT], ViewT]:
    """A form that comes too late is kept, and its sender comes back to it: for views that give `typed_before` back.

    Its page carries `{% made_for %}`. `longest` is the most characters of one value; `keeps` says of which names
    values are kept, without it of all but `NEVER_KEPT`. Stands above the decorators that turn visitors away.
    """

    def mark(view: ViewT) -> ViewT:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != "POST" or request.user.is_authenticated or is_fragment(request):
                return view(request, *args, **kwargs)
            keep_typed(request)
            return redirect_to_login(request.get_full_path(), resolve_url("account_login"))

        guarded.keeps_typed = (keeps or _is_typed, longest)  # type: ignore[attr-defined]
        return cast("ViewT", guarded)

    return mark


def keep_typed(request: HttpRequest) -> bool:
    """Keep what was sent, for the page of the same address. False where that keeps nothing, or it is another's form."""
    keeps, longest = getattr(_view_of(request), "keeps_typed", (None, 0))
    made_for = _made_for(request)
    if keeps is None or not made_for or (request.user.is_authenticated and not is_made_for(request)):
        return False
    sent = {name: str(value) for name, value in request.POST.items() if keeps(name)}
    if not _is_of_a_form(sent, longest) or not spend(KEPT, made_for):
        return False
    text = cipher().encrypt(json.dumps({"for": made_for, "sent": sent}).encode()).decode()
    others = [(path, kept) for path, kept in request.session.get(_KEY, {}).items() if path != request.path]
    request.session[_KEY] = dict([*others, (request.path, text)][-_MOST_FORMS:])
    return True


def typed_before(request: HttpRequest) -> dict[str, str]:
    """What the person sent to this page before they had to sign in again; it is given back once."""
    kept = dict(request.session.get(_KEY, {}))
    text = kept.pop(request.path, None)
    if text is None:
        return {}
    request.session[_KEY] = kept
    try:
        draft = json.loads(cipher().decrypt(text.encode(), ttl=_LASTS))
    except InvalidToken:
        return {}
    return dict(draft["sent"]) if draft["for"] == _id_of(request.user) else {}


def as_initial(form_class: type[forms.Form], typed: dict[str, str]) -> dict[str, Any]:
    """What `typed_before` gave back, as the form's own fields show it again."""
    if not typed:
        return {}
    fields = form_class.base_fields
    return {name: fields[name].widget.value_from_datadict(typed, {}, name) for name in fields}


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """For Django's CSRF_FAILURE_VIEW. Nothing that was sent is done; where its page keeps what was typed, it is shown
    again there with a new token, to be sent once more. htmx gets what a view's `answers_old_form` says.
    """
    answer = getattr(_view_of(request), "answers_old_form", None)
    if not _is_of_the_past(reason):
        return csrf_failure(request, reason)
    if is_fragment(request) and answer:
        return cast("HttpResponse", answer(request))
    if not is_fragment(request) and keep_typed(request):
        if request.user.is_authenticated:
            return redirect(request.get_full_path())
        return redirect_to_login(request.get_full_path(), resolve_url("account_login"))
    return csrf_failure(request, reason)


def _is_of_the_past(reason: str) -> bool:
    """A page of another site is not meant: it fails by its origin."""
    return reason in {REASON_NO_CSRF_COOKIE, REASON_CSRF_TOKEN_MISSING} or reason.startswith("CSRF token from")


def _is_of_a_form(sent: dict[str, str], longest: int) -> bool:
    """Whether it may be what one of our forms sends: never more than a session should hold."""
    is_short = all(len(name) <= _LONGEST_NAME and len(value) <= longest for name, value in sent.items())
    return is_short and len(sent) <= _MOST_FIELDS and sum(map(len, sent.values())) <= _MOST_TOGETHER


def _is_typed(name: str) -> bool:
    return name not in NEVER_KEPT


def _made_for(request: HttpRequest) -> str:
    try:
        signer = signing.TimestampSigner(salt=f"{_SALT}:{request.path}")
        return signer.unsign(request.POST.get(MADE_FOR, ""), max_age=settings.SESSION_LONGEST)
    except signing.BadSignature:
        return ""


def _id_of(user: Any) -> str:
    return str(user.public_id) if isinstance(user, PublicIdModel) else ""


def _view_of(request: HttpRequest) -> Any:
    return request.resolver_match.func if request.resolver_match else None

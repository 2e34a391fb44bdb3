from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve, reverse

from accounts import services
from accounts.errors import LevelNeeded, TwoStepNeeded
from accounts.models import User
from accounts.outside import levels
from accounts.policies import SAFE_METHODS, second_step_unproved, turn_to, two_step_missing, way_to_second_step
from accounts.security.current import OF_PROGRAM, open_session, session_id
from common import clock
from common.drf.problems import PREFIX, problem_answer
from common.htmx import is_fragment

GetResponse = Callable[[HttpRequest], HttpResponse]
ACCOUNT = "/account/"
TOUCH_EVERY = timedelta(minutes=1)
REASONS = {
    "idle": "You were signed out because nothing happened for {idle} minutes. Sign in to go on where you were.",
    "too_old": "You were signed out because you signed in {longest} hours ago. Sign in to go on where you were.",
    "revoked": "You were signed out because this session was ended from another device, or the account was changed.",
}


class SessionLimitsMiddleware:
    """Ends sessions that were idle or lasted too long, and those that somebody ended, at their next request.

    A program's session, which is exchanged at the API for a token of some scopes, opens nothing as a cookie.
    It stands behind Django's authentication and in front of everything that acts for the person.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return self.get_response(request)
        if request.session.get(OF_PROGRAM):
            request.user = AnonymousUser()
            return self.get_response(request)
        now = clock.now()
        session = open_session(request)
        reason = session.ended_because(now) if session else "revoked"
        if reason is None:
            if session and now - session.last_used_at >= TOUCH_EVERY:
                services.session_touch(session_id=session.id)
            return self.get_response(request)
        _end(request, user, reason)
        return _turned_away(request) or self.get_response(request)


def _end(request: HttpRequest, user: User, reason: str) -> None:
    mine = session_id(request)
    if mine:
        services.session_end(user_id=user.public_id, session_id=mine, actor=None, reason=reason)
    request.session.flush()
    request.user = AnonymousUser()
    if not request.path_info.startswith(PREFIX):
        idle, longest = settings.SESSION_IDLE // timedelta(minutes=1), settings.SESSION_LONGEST // timedelta(hours=1)
        messages.info(request, REASONS[reason].format(idle=idle, longest=longest))


def _turned_away(request: HttpRequest) -> HttpResponse | None:
    """To the sign-in page and back to where the person was; None where the view answers a visitor by itself.

    They come back to the page that it was typed on, and to what they sent only where its view says `typed_is_kept`.
    A view that says `answers_visitors` gets htmx's requests, signed out: its page keeps what was typed in the window.
    """
    if _says(request, "answers_visitors" if is_fragment(request) else "keeps_typed"):
        return None
    if request.path_info.startswith((PREFIX, ACCOUNT)):
        return None
    if request.method in SAFE_METHODS and not is_fragment(request):
        return None
    return turn_to(request, resolve_url(settings.LOGIN_URL))


def _says(request: HttpRequest, word: str) -> bool:
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return bool(getattr(view, word, False))


class TwoStepMiddleware:
    """Keeps those of whom two-step sign-in is demanded, and who have none, out of everything but the public pages.

    So it does with a session that was opened by the password alone, though the account has a second step by now.
    What stays open to them is named in TWO_STEP_OPEN_ROUTES and their prefixes; every other view is closed, also one
    that is written tomorrow. They are sent to the page that sets it up, or asks for it, and come back from there.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        is_missing = two_step_missing(request.user)
        if not (is_missing or second_step_unproved(request)) or _is_open(request):
            return None
        if request.path_info.startswith(PREFIX):
            return problem_answer(TwoStepNeeded())
        return turn_to(request, reverse("accounts:two_step_needed") if is_missing else way_to_second_step(request))


class OutsideLevelMiddleware:
    """Keeps whoever came by NHS login with a proof that is not sure enough out of what wants a surer one.

    They are sent to the page that leads there once more, and come back to where they were.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        capability = levels.wanted_for(request, view)
        if capability is None or not levels.is_missing(request, capability):
            return None
        if request.path_info.startswith(PREFIX):
            return problem_answer(LevelNeeded())
        return turn_to(request, reverse("accounts:nhs_login_more", kwargs={"why": capability.value}))


def _is_open(request: HttpRequest) -> bool:
    match = request.resolver_match
    name = match.view_name if match else ""
    is_named = name in settings.TWO_STEP_OPEN_ROUTES or name.startswith(settings.TWO_STEP_OPEN_PREFIXES)
    return is_named or request.path_info.startswith((settings.MEDIA_URL, settings.STATIC_URL))

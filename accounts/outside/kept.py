"""What a browser's session keeps on the way to another provider and back, and what it proved there."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.http import HttpRequest

from accounts.models import User
from common.fields import place_named, stored_for, text_in
from integrations.nhs.levels import Level
from integrations.oidc import Attempt, Tokens

_ON_THE_WAY, _FOUND, _TOKENS, _PROVED = "outside_attempt", "outside_found", "outside_tokens", "nhs_login_level"
# Seconds in which somebody decides what becomes of an identity that no account has.
DECIDED_WITHIN = 10 * 60


@dataclass(frozen=True, kw_only=True)
class OnTheWay:
    """Somebody who is at a provider's: what was asked, and where they go on to (`target`, an address of ours, or "").

    `level` is None where the provider has none.
    """

    provider: str
    attempt: Attempt
    target: str
    level: Level | None = None
    with_address: bool = False
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class Found:
    """Somebody whom a provider recognised and whom we do not know yet."""

    provider: str
    subject: str
    level: Level | None
    email: str
    target: str
    at: float


def send_on_the_way(request: HttpRequest, way: OnTheWay) -> None:
    request.session[_ON_THE_WAY] = asdict(way)


def come_back(request: HttpRequest, provider: str) -> OnTheWay | None:
    """Once, and from whom they were sent to: an answer that comes a second time belongs to no attempt."""
    kept: dict[str, Any] | None = request.session.pop(_ON_THE_WAY, None)
    if kept is None or kept["provider"] != provider:
        return None
    return OnTheWay(**(kept | {"attempt": Attempt(**kept["attempt"]), "level": _level(kept)}))


def keep_found(request: HttpRequest, found: Found, tokens: Tokens | None = None) -> None:
    """Until it is decided what becomes of them; tokens encrypted, for sessions lie in the database and in Redis."""
    forget_found(request)
    request.session[_FOUND] = asdict(found)
    if tokens:
        request.session[_TOKENS] = stored_for(_place(found.subject), json.dumps(asdict(tokens)))


def found_in(request: HttpRequest, provider: str) -> Found | None:
    kept: dict[str, Any] | None = request.session.get(_FOUND)
    if kept is None or kept["provider"] != provider or time.time() - kept["at"] > DECIDED_WITHIN:
        forget_found(request)
        return None
    return Found(**(kept | {"level": _level(kept)}))


def forget_found(request: HttpRequest) -> None:
    request.session.pop(_FOUND, None)
    request.session.pop(_TOKENS, None)


def tokens_of(request: HttpRequest, found: Found) -> Tokens | None:
    """What was kept with whoever was found, as good as it is by now."""
    stored = request.session.get(_TOKENS)
    if stored is None:
        return None
    tokens = Tokens(**json.loads(text_in(_place(found.subject), stored)))
    return replace(tokens, good_for=max(0, tokens.good_for - int(time.time() - found.at)))


def _place(subject: str) -> str:
    return place_named("session", _TOKENS, subject)


def note_level(request: HttpRequest, user: User, level: Level) -> None:
    """That this session has proved so much, as long as it is this person's."""
    request.session[_PROVED] = {"user": str(user.public_id), "level": level.value}


def level_of(request: HttpRequest) -> Level | None:
    """What this session proved at NHS login; None where it came by another way."""
    session, user = getattr(request, "session", None), request.user
    kept: dict[str, str] | None = session.get(_PROVED) if session is not None else None
    if kept is None or not isinstance(user, User) or kept["user"] != str(user.public_id):
        return None
    return Level(kept["level"])


def _level(kept: dict[str, Any]) -> Level | None:
    return Level(kept["level"]) if kept["level"] else None

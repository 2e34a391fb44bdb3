"""For what how sure a proof of somebody is needed: of those who came by NHS login, and where NHS_LOGIN_BINDS_LINKED
says so of everybody whose account is connected to it (docs/decisions/0040)."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.models import OutsideIdentity, User
from accounts.outside.kept import level_of, note_level
from integrations.nhs import login
from integrations.nhs.levels import Level

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Whoever has a code in their hand asks here, signed in or not: it shows no record.
OPEN_ROUTES = frozenset({"records:prescription_check", "api_prescription_check"})


class Capability(StrEnum):
    RECORDS = "records"
    BOOKING = "booking"


def wanted_for(request: HttpRequest, view: Callable[..., Any]) -> Capability | None:
    """By the app that the view lives in, so that one which is written tomorrow is behind it too.

    Free times may be looked at by everybody; booking begins where a profile is needed, or something is sent.
    """
    match = request.resolver_match
    if match and match.view_name in OPEN_ROUTES:
        return None
    app = view.__module__.partition(".")[0]
    if app == "records":
        return Capability.RECORDS
    books = getattr(view, "needs_patient", False) or request.method not in SAFE_METHODS
    return Capability.BOOKING if app == "booking" and books else None


def level_for(capability: Capability) -> Level:
    known: login.Configuration = settings.NHS_LOGIN
    return known.records_level if capability is Capability.RECORDS else known.booking_level


def is_missing(request: HttpRequest, capability: Capability) -> bool:
    """Whether the person must go to NHS login (once more) first. Without it, a session that came by it has no more."""
    user = request.user
    return isinstance(user, User) and _lacks(user, level_of(request), capability)


def is_missing_of_token(user: User, capability: Capability) -> bool:
    """As `is_missing`, of whoever comes by an API token: it says of no level that was proved."""
    return _lacks(user, None, capability)


def _lacks(user: User, given: Level | None, capability: Capability) -> bool:
    if not login.is_offered():
        return given is not None and capability is Capability.RECORDS and given is not Level.P9
    if given is None:
        wanted = level_for(capability)
        return settings.NHS_LOGIN.binds_linked and wanted is not Level.P0 and is_linked(user)
    return not given.reaches(level_for(capability))


def add(request: HttpRequest, user: User, level: Level) -> None:
    """That somebody who is signed in has proved so much there besides.

    A session that came by a password is as sure as its second step and is bound by no level: going on to NHS login does
    not bind it to one, unless the account is bound however it was opened. What was proved before is not less now.
    """
    before = level_of(request)
    is_bound = before is not None or settings.NHS_LOGIN.binds_linked
    if is_bound and not (before and before.reaches(level)):
        note_level(request, user, level)


def is_linked(user: User) -> bool:
    return OutsideIdentity.objects.filter(user=user, provider=OutsideIdentity.Provider.NHS_LOGIN).exists()

"""Keeping robots out of a form without asking a person anything, and without a service outside.

A field that people do not see, a time that a form takes to fill in, and a number of messages from one network.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum, auto
from typing import Any

from django.core import signing

from common.limits import Limit, callers_network, spend

# Named like what robots look for, and not like anything that browsers fill in by themselves.
TRAP, STAMP = "homepage", "opened"
FASTEST, SLOWEST = timedelta(seconds=3), timedelta(days=1)
MESSAGES = Limit(name="enquiries", most=6, within=timedelta(hours=1))
_SALT = "home.spam"


class Verdict(Enum):
    """`HASTY` may be a person whose browser filled the form in, or whose page is a day old: they send it again."""

    PERSON = auto()
    HASTY = auto()
    ROBOT = auto()


def stamp() -> str:
    """For a form to carry: when it was opened, in a form that nobody else can write."""
    return signing.TimestampSigner(salt=_SALT).sign("form")


def judged(sent: Mapping[str, Any]) -> Verdict:
    """Who has sent a form with `TRAP` and `STAMP` in it."""
    if sent.get(TRAP):
        return Verdict.ROBOT
    opened = sent.get(STAMP, "")
    return Verdict.PERSON if is_known(opened) and not _is_younger(opened, FASTEST) else Verdict.HASTY


def is_known(opened: str) -> bool:
    """Whether we wrote this stamp, not too long ago."""
    return _is_younger(opened, SLOWEST)


def _is_younger(opened: str, age: timedelta) -> bool:
    """Of a stamp that nobody has forged."""
    try:
        signing.TimestampSigner(salt=_SALT).unsign(opened, max_age=age)
    except signing.BadSignature:
        return False
    return True


def may_send() -> bool:
    """Counts one message more from where the request came; False where that are too many."""
    return spend(MESSAGES, callers_network())

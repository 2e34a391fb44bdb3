"""Whether what cannot be called back, messages and refunds, may leave from this database.

A copy of a database holds as waiting what the original has sent since, so sending it from the copy would send it twice.
The database remembers where it sends from (`common.models.SendingPlace`), and a copy that was restored elsewhere finds
by itself that it stands in another place: nothing leaves it until an operator says so (`manage.py sending`). A physical
copy of the whole server looks like the original, so it is held by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

_PLACES = """
    SELECT (pg_control_system()).system_identifier || ':' || here.oid, sending.place, sending.held_since
    FROM pg_database here LEFT JOIN common_sendingplace sending ON true
    WHERE here.datname = current_database()
"""
_OPEN = """
    INSERT INTO common_sendingplace (id, place, held_since) VALUES (1, %s, NULL)
    ON CONFLICT (id) DO UPDATE SET place = excluded.place, held_since = NULL
"""
_HOLD = """
    INSERT INTO common_sendingplace (id, place, held_since) VALUES (1, '', %s)
    ON CONFLICT (id) DO UPDATE SET held_since = excluded.held_since
"""


@dataclass(frozen=True)
class Sending:
    """`is_held`: nothing leaves. `held_since`: what was queued until then may have been sent before; None where it is
    not held, or where a copy found out by itself, which knows no such instant."""

    is_held: bool
    held_since: datetime | None


def sending_now() -> Sending:
    """How it stands. A database that has never sent anything may, and remembers from then on where it is."""
    here, place, held_since = _places()
    if place is None:
        sending_open()
        return Sending(is_held=False, held_since=None)
    return Sending(is_held=held_since is not None or place != here, held_since=held_since)


def may_send() -> bool:
    return not sending_now().is_held


def sending_open() -> None:
    """From here on this database is the one that sends."""
    here, _, _ = _places()
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [here])


def sending_hold(*, since: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [since])


def _places() -> tuple[str, str | None, datetime | None]:
    with connection.cursor() as cursor:
        cursor.execute(_PLACES)
        here, place, held_since = cursor.fetchone()
    return here, place, held_since

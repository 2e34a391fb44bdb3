from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, transaction

from audit.models import Event
from audit.services import event_record
from audit.verifier import log_verify


def happen(times: int = 1) -> list[int]:
    """So many events, each in a transaction of its own; their ids."""
    before = set(Event.objects.values_list("pk", flat=True))
    for number in range(times):
        event_record("role.granted", Group(pk=number + 1), actor=None, number=number)
    return sorted(set(Event.objects.values_list("pk", flat=True)) - before)


@contextmanager
def tampering(*tables: str) -> Iterator[Any]:
    """A cursor of somebody who owns the tables and has switched their triggers off for a moment."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        yield cursor
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_append_only")
        cursor.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_own_transaction")


def findings(**options: Any) -> list[str]:
    return log_verify(**options).findings

"""Writing events is nobody's bottleneck: no booking waits for another's event."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import OperationalError, connection, transaction

from audit.models import Event
from audit.services import event_record
from devtools.testing.parallel import Outcome

pytestmark = pytest.mark.django_db(transaction=True)

Together = Callable[[Sequence[Callable[[], Any]]], list[Outcome[Any]]]
WRITERS = 8


def impatient() -> None:
    """Whoever waits for a lock at all gets an error."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '1ms'")


def test_events_are_written_while_others_have_not_committed_theirs(together: Together) -> None:
    all_have_written = threading.Barrier(WRITERS)

    def write() -> None:
        with transaction.atomic():
            impatient()
            event_record("role.granted", Group(pk=1), actor=None)
            # Nobody commits before everybody has written: with a lock among them this would never be reached.
            all_have_written.wait(timeout=30)

    outcomes = together([write] * WRITERS)
    assert [outcome.error for outcome in outcomes] == [None] * WRITERS
    assert Event.objects.filter(action="role.granted").count() == WRITERS


def test_with_a_shared_lock_it_would_be_noticed(together: Together) -> None:
    """The control: chaining events inside the transaction would look like this."""
    wrote = threading.Event()
    tried = threading.Event()

    def first() -> None:
        with transaction.atomic():
            _lock_of_a_chain()
            wrote.set()
            assert tried.wait(30)

    def second() -> None:
        assert wrote.wait(30)
        try:
            with transaction.atomic():
                impatient()
                _lock_of_a_chain()
        finally:
            tried.set()

    outcomes = together([first, second])
    assert outcomes[0].error is None
    assert isinstance(outcomes[1].error, OperationalError)


def _lock_of_a_chain() -> None:
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE audit_seal IN EXCLUSIVE MODE")

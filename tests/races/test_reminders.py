"""Two schedulers at once, and everybody is reminded once (quality.md, "Reliability")."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from booking.models import Appointment
from booking.services import reminders_queue
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import decide
from common import clock
from notifications.models import Message
from tests.races.conftest import Together, refusals

VISITS, SCHEDULERS = 12, 4


@pytest.fixture(autouse=True)
def only_the_day_before(transactional_db: None) -> None:
    decide(reminder_days=[1])


def _remind(together: Together, number: int) -> int:
    """How many messages a person got, at most and at least, when several schedulers began at the same instant."""
    day, zone = date(2027, 3, 1) + timedelta(days=number), ZoneInfo("Europe/London")
    for at in range(VISITS):
        start = clock.moment(day, time(8 + at // 2, 30 * (at % 2)), zone)
        AppointmentFactory.create(start=start, created_at=datetime(2027, 1, 4, tzinfo=UTC))
    now = clock.moment(day - timedelta(days=1), time(9), zone)
    assert refusals(together([partial(reminders_queue, now=now)] * SCHEDULERS)) == []
    told = list(Message.objects.filter(kind="appointment_reminder", created_at=now).values_list("user_id", flat=True))
    assert len(set(told)) == VISITS
    return len(told)


def test_several_schedulers_at_once_remind_everybody_once(
    together: Together, rounds: int, transactional_db: None
) -> None:
    assert [_remind(together, number) for number in range(rounds)] == [VISITS] * rounds
    assert Appointment.objects.count() == rounds * VISITS


def test_without_the_messages_key_they_remind_several_times(together: Together, transactional_db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE notifications_message DROP CONSTRAINT notifications_message_dedupe_key_key")
    assert _remind(together, 0) > VISITS

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AbstractUser
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from common import clock
from notifications.kinds import Kind
from notifications.models import Message
from notifications.selectors import unread_for
from notifications.services import Outgoing, messages_mark_read, messages_queue, messages_withdraw
from notifications.states import ENDED, NOT_TAKEN, Channel, MessageStatus
from notifications.tests.factories import FACTS, MessageFactory, PersonFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr("notifications.services.queue.wake", names.append)
    return names


def _outgoing(user: AbstractUser, key: str, kind: str = Kind.APPOINTMENT_BOOKED) -> Outgoing:
    return Outgoing(kind=kind, user=user, facts=FACTS, dedupe_key=key)


def test_all_are_written_with_one_statement_and_a_worker_is_woken_once(
    woken: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    patient, doctor = PersonFactory(), PersonFactory()
    with django_assert_num_queries(1):
        messages_queue(messages=[_outgoing(patient, "a"), _outgoing(doctor, "b")], now=NOW)
    assert woken == ["notifications.deliver_messages"]
    message = Message.objects.get(dedupe_key="a")
    assert (message.email, message.status, message.due_at) == (patient.email, MessageStatus.QUEUED, NOW)


def test_the_same_key_is_written_once(woken: list[str]) -> None:
    user = PersonFactory()
    messages_queue(messages=[_outgoing(user, "a")], now=NOW)
    messages_queue(messages=[_outgoing(user, "a"), _outgoing(user, "b")], now=NOW)
    assert sorted(Message.objects.values_list("dedupe_key", flat=True)) == ["a", "b"]


def test_nothing_to_say_wakes_nobody(woken: list[str]) -> None:
    messages_queue(messages=[], now=NOW)
    assert not woken


def test_a_kind_without_templates_is_refused_at_once(woken: list[str]) -> None:
    with pytest.raises(ValueError, match="birthday"):
        messages_queue(messages=[_outgoing(PersonFactory(), "a", kind="birthday")], now=NOW)


def test_facts_with_a_gap_are_refused_at_once(woken: list[str]) -> None:
    gap = {name: value for name, value in FACTS.items() if name != "place"}
    message = Outgoing(kind=Kind.APPOINTMENT_BOOKED, user=PersonFactory(), facts=gap, dedupe_key="a")
    with pytest.raises(ValueError, match="place"):
        messages_queue(messages=[message], now=NOW)


def test_a_change_that_is_undone_tells_nobody(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    user = PersonFactory()
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        messages_queue(messages=[_outgoing(user, "a")], now=NOW)
        transaction.set_rollback(True)
    assert not callbacks
    assert not Message.objects.exists()


def test_unread_notices_are_a_persons_own_newest_first() -> None:
    user = PersonFactory()
    older = MessageFactory(user=user, created_at=NOW - timedelta(days=900))
    newer = MessageFactory(user=user, kind=Kind.DOCTOR_APPOINTMENT_BOOKED)
    MessageFactory(user=user, read_at=NOW)
    MessageFactory()
    assert list(unread_for(user)) == [newer, older]
    assert list(unread_for(user, [Kind.DOCTOR_APPOINTMENT_BOOKED])) == [newer]


def test_reading_takes_only_ones_own_off_the_page() -> None:
    user = PersonFactory()
    first, second = MessageFactory(user=user), MessageFactory(user=user, kind=Kind.DOCTOR_APPOINTMENT_BOOKED)
    foreign = MessageFactory()

    assert messages_mark_read(user=user, now=clock.now(), message_ids=[first.public_id, foreign.public_id]) == 1
    assert list(unread_for(user)) == [second]
    assert messages_mark_read(user=user, now=clock.now(), kinds=[Kind.APPOINTMENT_BOOKED]) == 0
    assert messages_mark_read(user=user, now=clock.now()) == 1
    foreign.refresh_from_db()
    assert foreign.read_at is None


def test_what_is_no_notice_yet_stays_unread_when_all_are_read() -> None:
    user, release = PersonFactory(), NOW + timedelta(days=2)
    MessageFactory(user=user, created_at=NOW)
    later = MessageFactory(user=user, kind=Kind.RECORD_NEW, created_at=release, due_at=release)
    assert messages_mark_read(user=user, now=NOW) == 1
    assert Message.objects.get(read_at=None) == later


def test_indexes_answer_the_bell_the_sender_and_the_timeline() -> None:
    with connection.cursor() as cursor:
        # However small the table is here; of two that fit, an empty one says nothing of which is the better.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("DROP INDEX message_user_idx")
    due = Message.objects.exclude(status__in=ENDED).filter(due_at__lte=NOW, channel__in=list(Channel))
    assert "message_open_idx" in due.order_by("due_at").explain()
    assert "message_unread_idx" in unread_for(PersonFactory()).explain()
    assert "message_about_idx" in Message.objects.filter(about="appointment:5f0c").explain()


def test_a_text_is_no_notice(woken: list[str]) -> None:
    user = PersonFactory()
    MessageFactory(user=user, channel=Channel.SMS)
    assert not unread_for(user)
    assert messages_mark_read(user=user, now=NOW) == 0


@pytest.mark.parametrize("status", NOT_TAKEN)
def test_what_no_worker_has_can_be_taken_back(status: MessageStatus) -> None:
    taken = MessageFactory(status=MessageStatus.IN_FLIGHT)
    waits = MessageFactory(status=status)
    sent = MessageFactory(status=MessageStatus.SENT)
    assert messages_withdraw(dedupe_keys=[taken.dedupe_key, waits.dedupe_key, sent.dedupe_key]) == 2
    assert set(Message.objects.all()) == {taken, sent}, "its worker says what becomes of it"


def test_what_it_is_about_and_until_when_it_helps_stand_on_the_row(woken: list[str]) -> None:
    until = NOW + timedelta(hours=1)
    queued = replace(_outgoing(PersonFactory(), "a"), about="appointment:5f0c", useless_after=until)
    messages_queue(messages=[queued], now=NOW)
    message = Message.objects.get()
    assert (message.about, message.useless_after, message.channel) == ("appointment:5f0c", until, Channel.EMAIL)

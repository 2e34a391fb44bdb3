"""Messages while workers are killed, the mail server is not there, and Redis forgets: nothing lost, nothing twice."""

from __future__ import annotations

import statistics
import threading
import time as stopwatch
from collections.abc import Callable
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

import pytest

from accounts.tests.factories import PatientFactory
from booking.tests.factories import bookable_doctor, next_slot_start
from booking.tests.steps import book
from common import clock
from doctors.models import Doctor
from notifications.models import Message
from notifications.states import MessageStatus
from tests.faults.mail_server import MailServer
from tests.faults.steps import is_long, queue_messages, told_to
from tests.faults.worker import Worker

KILLED = -9
DELIVERING = ("message claimed", "message in DATA", "message taken", "message marked")
DELIVER = "notifications.services.messages_deliver"
SWEEP = "notifications.tasks.sweep_messages"
SWEPT_EVERY = 20
AWAY = timedelta(minutes=10)
DRAINED_WITHIN = timedelta(minutes=10)


@pytest.fixture
def worker(process: Worker, transactional_db: None, mail_server: MailServer) -> Worker:
    """A worker that shares this test's database and mail server."""
    process.settings = mail_server.settings
    return process


def time_passes() -> None:
    """Claims end, and what waits to be tried again is due."""
    Message.objects.exclude(status__in=[MessageStatus.SENT, MessageStatus.FAILED]).update(due_at=clock.now())


def statuses() -> set[str]:
    return set(Message.objects.values_list("status", flat=True))


def test_whoever_dies_while_mail_is_sent_each_arrives_and_at_most_twice(
    mail_server: MailServer, worker: Worker, payment_rounds: int
) -> None:
    """`kill -9` before, during and after DATA, and after the message was marked."""
    queue_messages(payment_rounds + 1)
    for step in islice(cycle(DELIVERING), payment_rounds):
        assert worker.do(DELIVER, dies=step, limit=1) == KILLED
    time_passes()
    assert worker.do(DELIVER) == 0
    assert statuses() == {MessageStatus.SENT}
    copies = {address: len(ids) for address, ids in mail_server.arrived.items()}
    assert set(copies) == {told_to(number) for number in range(payment_rounds + 1)}
    # Only whoever dies between the server's yes and the mark leaves a copy, and mailboxes know it by its id.
    assert set(copies.values()) == {1, 2}
    assert sum(copies.values()) == payment_rounds + 1 + len(range(2, payment_rounds, len(DELIVERING)))
    assert all(len(set(ids)) == 1 for ids in mail_server.arrived.values())


@pytest.mark.parametrize("away", [MailServer.stop, MailServer.hang, MailServer.black_hole])
def test_a_mail_server_that_is_away_holds_up_no_booking_and_gets_everything_afterwards(
    mail_server: MailServer, worker: Worker, away: Callable[[MailServer], None]
) -> None:
    doctor, each = bookable_doctor(), 4
    as_before = [_booked(doctor, number) for number in range(each)]
    away(mail_server)
    trying = threading.Thread(target=worker.do, args=[DELIVER])
    trying.start()
    meanwhile = [_booked(doctor, number) for number in range(each, 2 * each)]
    trying.join()
    # The quickest of each: whoever waited for the server would do so every time, and a busy machine holds up some.
    assert min(meanwhile) < 3 * min(as_before)
    assert MessageStatus.SENT not in statuses()
    # Nothing waits longer than the time in which the backlog is to be gone, or is given up.
    assert MessageStatus.FAILED not in statuses()
    assert not Message.objects.filter(due_at__gt=clock.now() + DRAINED_WITHIN).exists()
    mail_server.take()
    time_passes()
    # A second of patience is for servers that say nothing: on a busy machine one that answers needs more now and then.
    worker.settings = {**worker.settings, "EMAIL_TIMEOUT": 10}
    assert worker.do(DELIVER) == 0
    assert statuses() == {MessageStatus.SENT}
    assert sum(len(ids) for ids in mail_server.arrived.values()) == Message.objects.count() == 4 * each


@pytest.mark.skipif(not is_long(), reason="Takes ten minutes and more: only in make test-long (RACE_ROUNDS=100)")
@pytest.mark.timeout(1800)
def test_a_mail_server_that_is_away_for_ten_minutes_gets_the_backlog_within_ten_more(
    mail_server: MailServer, worker: Worker
) -> None:
    """In real time, with the sweeper's own period; a thousand messages wait besides what is booked."""
    doctors = [bookable_doctor() for _ in range(6)]
    as_before = [_booked(doctors[0], number) for number in range(8)]
    mail_server.stop()
    queue_messages(1000)
    meanwhile: list[float] = []
    away = stopwatch.monotonic()
    while stopwatch.monotonic() < away + AWAY.total_seconds():
        number = len(meanwhile)
        meanwhile.append(_booked(doctors[1 + number // 8], number % 8))
        worker.do(SWEEP)
        stopwatch.sleep(SWEPT_EVERY)
    assert MessageStatus.FAILED not in statuses()
    mail_server.take()
    back = stopwatch.monotonic()
    while statuses() != {MessageStatus.SENT} and stopwatch.monotonic() < back + 2 * DRAINED_WITHIN.total_seconds():
        worker.do(SWEEP)
        stopwatch.sleep(SWEPT_EVERY)
    drained, ratio = stopwatch.monotonic() - back, statistics.median(meanwhile) / statistics.median(as_before)
    count = Message.objects.count()
    print(f"{count} messages, {len(meanwhile)} bookings meanwhile at {ratio:.2f} x, drained in {drained:.0f} s")
    assert ratio < 3
    assert drained < DRAINED_WITHIN.total_seconds()
    arrived = [message_id for ids in mail_server.arrived.values() for message_id in ids]
    # Whom the server kept waiting for its yes until the worker's patience was over is written to once more.
    assert len(set(arrived)) == count
    assert max(arrived.count(message_id) for message_id in set(arrived)) <= 2


def _booked(doctor: Doctor, number: int) -> float:
    """How many seconds a booking took."""
    patient, start = PatientFactory.create(), next_slot_start(3) + number * timedelta(minutes=30)
    began = stopwatch.perf_counter()
    book(doctor, patient=patient, start=start)
    return stopwatch.perf_counter() - began


def test_what_redis_forgets_is_found_by_the_sweeper(mail_server: MailServer, worker: Worker, redis_client: Any) -> None:
    queue_messages(3)
    assert redis_client.dbsize() > 0
    redis_client.flushall()
    assert worker.do(SWEEP) == 0
    assert sorted(mail_server.arrived) == [told_to(number) for number in range(3)]


@pytest.fixture
def without_redis(process_without_redis: Worker, transactional_db: None, mail_server: MailServer) -> Worker:
    process_without_redis.settings = mail_server.settings
    return process_without_redis


def test_with_redis_away_messages_are_written_and_sent(mail_server: MailServer, without_redis: Worker) -> None:
    assert without_redis.do("tests.faults.worker.tell", email=told_to(0)) == 0
    assert statuses() == {MessageStatus.QUEUED}
    assert without_redis.do("notifications.tasks.sweep_messages") == 0
    assert list(mail_server.arrived) == [told_to(0)]

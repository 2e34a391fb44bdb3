from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from common.queues import LIMITS, TASKS
from integrations.mail import Mail
from notifications.models import Message
from notifications.services import messages_deliver
from notifications.services.deliver import (
    AWAY_IN_A_ROW,
    CLAIM,
    LADDER,
    LONGEST_RUN,
    MAX_ATTEMPTS,
    _mark_failed,
    message_claim,
)
from notifications.states import MessageStatus, Withheld
from notifications.tests.factories import MessageFactory
from notifications.tests.sending import START, Clock, MailServer, message_at

pytestmark = pytest.mark.django_db


def test_what_is_due_is_sent_oldest_first_and_marked(time: Clock, server: MailServer) -> None:
    older = message_at(time)
    time.pass_by(timedelta(seconds=1))
    newer = message_at(time)
    future = MessageFactory(due_at=START + timedelta(hours=1))

    assert messages_deliver() == 2
    assert [mail.to for mail in server.taken] == [older.email, newer.email]
    older.refresh_from_db()
    assert (older.status, older.sent_at, older.attempts) == (MessageStatus.SENT, time.now, 1)
    future.refresh_from_db()
    assert future.status == MessageStatus.QUEUED


def test_what_is_sent_is_not_sent_again(time: Clock, server: MailServer) -> None:
    message_at(time)
    messages_deliver()
    time.pass_by(timedelta(days=2))
    messages_deliver()
    assert len(server.taken) == 1


def test_a_failure_is_tried_again_up_the_ladder_and_then_given_up_visibly(
    time: Clock, server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    message = message_at(time)
    server.failing = SMTPRecipientsRefused({"maya@example.org": (550, b"unknown maya@example.org")})
    for step in LADDER:
        messages_deliver()
        message.refresh_from_db()
        assert (message.status, message.due_at) == (MessageStatus.WAITING, time.now + step)
        assert messages_deliver() == 0, "not before its time"
        time.pass_by(step)
    messages_deliver()

    message.refresh_from_db()
    assert (message.status, message.attempts, server.tries) == (MessageStatus.FAILED, MAX_ATTEMPTS, MAX_ATTEMPTS)
    assert message.last_error == "SMTPRecipientsRefused"
    assert [record.levelno for record in caplog.records][-1] == logging.ERROR
    assert "maya" not in caplog.text
    time.pass_by(timedelta(days=30))
    assert messages_deliver() == 0


def test_a_server_that_is_away_is_asked_three_times_a_run_and_the_rest_keeps_its_attempts(
    time: Clock, server: MailServer
) -> None:
    for _ in range(20):
        message_at(time)
    server.failing = SMTPServerDisconnected("gone")
    messages_deliver()
    assert server.tries == AWAY_IN_A_ROW
    assert Message.objects.filter(attempts=0, status=MessageStatus.QUEUED).count() == 20 - AWAY_IN_A_ROW


def test_while_a_server_is_away_nobody_who_is_woken_waits_for_it_and_the_sweeper_asks_once(
    time: Clock, server: MailServer
) -> None:
    waiting = [message_at(time) for _ in range(9)]
    server.failing = SMTPServerDisconnected("gone")
    messages_deliver(woken=True)
    assert server.tries == AWAY_IN_A_ROW
    for _ in range(5):
        messages_deliver(woken=True)
    assert server.tries == AWAY_IN_A_ROW
    messages_deliver()
    assert server.tries == AWAY_IN_A_ROW + 1
    server.failing = None
    # Those that were tried wait for the step of their ladder; the others go at once, and everybody may send again.
    assert messages_deliver() == len(waiting) - AWAY_IN_A_ROW - 1
    message_at(time)
    assert messages_deliver(woken=True) == 1


def test_a_slow_server_does_not_keep_a_run_until_its_time_limit(
    time: Clock, server: MailServer, woken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(10):
        message_at(time)

    def slowly(mail: Mail) -> None:
        time.pass_by(timedelta(seconds=25))
        server.taken.append(mail)

    monkeypatch.setattr("integrations.mail.send", slowly)
    assert messages_deliver() == 5
    assert woken == ["notifications.deliver_messages"]
    assert LIMITS[TASKS["notifications.deliver_messages"]].soft > LONGEST_RUN


def test_addresses_that_are_refused_fail_by_themselves_and_stop_nobody(time: Clock, server: MailServer) -> None:
    for _ in range(AWAY_IN_A_ROW + 2):
        server.refused.add(message_at(time).email)
    time.pass_by(timedelta(seconds=1))
    good = message_at(time)
    assert messages_deliver() == 1
    assert [mail.to for mail in server.taken] == [good.email]
    assert Message.objects.filter(attempts=1, status=MessageStatus.WAITING).count() == AWAY_IN_A_ROW + 2


def test_after_half_an_hour_without_a_mail_server_the_backlog_drains_within_ten_minutes(
    time: Clock, server: MailServer
) -> None:
    for _ in range(50):
        message_at(time)
    server.failing = ConnectionRefusedError()
    sweep = timedelta(seconds=20)
    for _ in range(90):
        messages_deliver()
        time.pass_by(sweep)
    server.failing = None
    for _ in range(30):
        messages_deliver()
        time.pass_by(sweep)
    assert len(server.taken) == 50
    assert not Message.objects.exclude(status=MessageStatus.SENT).exists()


def test_one_message_that_cannot_be_written_does_not_stop_the_others(time: Clock, server: MailServer) -> None:
    broken = message_at(time, facts={"start": "soon"})
    time.pass_by(timedelta(seconds=1))
    whole = message_at(time)
    messages_deliver()
    assert [mail.to for mail in server.taken] == [whole.email]
    broken.refresh_from_db()
    assert (broken.status, broken.last_error) == (MessageStatus.WAITING, "ValueError")


def test_what_became_useless_while_nobody_sent_is_withheld_and_stands_in_nobodys_way(
    time: Clock, server: MailServer
) -> None:
    useless = message_at(time, useless_after=START + timedelta(hours=1))
    in_time = message_at(time, useless_after=START + timedelta(hours=3))
    time.pass_by(timedelta(hours=2))
    assert messages_deliver() == 1
    assert [mail.to for mail in server.taken] == [in_time.email]
    useless.refresh_from_db()
    assert (useless.status, useless.last_error, useless.sent_at) == (MessageStatus.WITHHELD, Withheld.TOO_LATE, None)
    time.pass_by(timedelta(days=1))
    assert messages_deliver() == 0


@pytest.mark.parametrize("word", ["sending", "dead"])
def test_what_the_version_before_left_in_its_own_words_is_taken_up(time: Clock, server: MailServer, word: str) -> None:
    message = message_at(time, status=word, attempts=1)
    messages_deliver()
    message.refresh_from_db()
    assert (message.status, len(server.taken)) == (MessageStatus.SENT, 1)


def test_a_long_queue_is_handed_on_to_another_run(time: Clock, server: MailServer, woken: list[str]) -> None:
    for _ in range(3):
        message_at(time)
    assert messages_deliver(limit=2) == 2
    assert woken == ["notifications.deliver_messages"]


def test_a_worker_that_dies_before_it_marks_costs_one_duplicate_with_the_same_id(
    time: Clock, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_at(time)

    def die(mail: Mail) -> None:
        server.send(mail)
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("integrations.mail.send", die)
        with pytest.raises(SystemExit):
            messages_deliver()
    assert messages_deliver() == 0, "the claim still stands"
    time.pass_by(CLAIM)
    messages_deliver()
    time.pass_by(CLAIM)
    messages_deliver()

    assert len(server.taken) == 2
    assert server.taken[0].message_id == server.taken[1].message_id
    assert Message.objects.get().status == MessageStatus.SENT


def test_a_worker_that_comes_back_after_its_claim_ended_does_not_undo_the_other(
    time: Clock, server: MailServer
) -> None:
    message = message_at(time)
    slow = message_claim(now=time.now)
    assert slow is not None
    time.pass_by(CLAIM)
    messages_deliver()

    _mark_failed(slow, TimeoutError(), now=time.now)
    message.refresh_from_db()
    assert (message.status, message.attempts) == (MessageStatus.SENT, 2)


def test_a_message_that_kills_its_worker_each_time_is_given_up(time: Clock, server: MailServer) -> None:
    message = message_at(time)
    for _ in range(MAX_ATTEMPTS):
        assert message_claim(now=time.now)
        time.pass_by(CLAIM)
    messages_deliver()
    message.refresh_from_db()
    assert message.status == MessageStatus.FAILED
    assert not server.taken


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_send_each_message_once_and_hold_no_transaction_while_sending(
    server: MailServer, together: Callable[[Sequence[Callable[[], Any]]], list[Any]]
) -> None:
    messages = [MessageFactory() for _ in range(40)]
    together([messages_deliver] * 4)
    assert sorted(mail.to for mail in server.taken) == sorted(message.email for message in messages)
    assert set(server.in_transaction) == {False}


@pytest.mark.django_db(transaction=True)
def test_control_without_the_claim_messages_are_sent_more_than_once(
    server: MailServer,
    together: Callable[[Sequence[Callable[[], Any]]], list[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """If this fails, the test above proves nothing."""
    MessageFactory.create_batch(40)
    unlocked = Message.objects.filter(status=MessageStatus.QUEUED).order_by("due_at")
    monkeypatch.setattr("notifications.services.deliver.lock_next_due", lambda *_: unlocked.all().first())
    together([messages_deliver] * 4)
    assert len(server.taken) > 40


def test_the_mail_that_goes_out_is_whole(time: Clock, mailoutbox: list[EmailMultiAlternatives]) -> None:
    message = message_at(time)
    messages_deliver()
    [mail] = mailoutbox
    assert mail.to == [message.email]
    assert [attachment.filename for attachment in mail.attachments] == ["MC7Q2KD.ics"]

"""Sending what the outbox holds.

A message is claimed in a short transaction, sent outside any, and marked as sent only after the mail server took it.
A worker that dies between the two leaves a claim that ends, so the message is sent again: nothing is lost, and a
crash costs one duplicate at most (with the same Message-ID, by which mailboxes can drop it).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from smtplib import SMTPResponseException

from django.core.cache import caches
from django.db import transaction
from django.db.models import QuerySet

from common import clock
from common.sending import may_send
from common.tasks import wake
from integrations import mail, sms
from notifications.kinds import Kind
from notifications.locks import lock_next_due
from notifications.models import Message
from notifications.rendering import mail_of, text_of
from notifications.selectors import wording_published
from notifications.services.withhold import mobile_of, waits_until, why_withheld
from notifications.states import Channel, MessageStatus

# Longer than the slowest conversation with a mail server: it has several steps of EMAIL_TIMEOUT each.
CLAIM = timedelta(minutes=5)
# Waits after each failure. The steps stay short for the first hour: a backlog has to drain within 10 minutes after
# the mail server was away for 30 (quality.md, "Reliability").
LADDER = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    *[timedelta(minutes=5)] * 10,
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
)
MAX_ATTEMPTS = len(LADDER) + 1
# After so many in a row the server is taken to be away: the rest keeps its attempts and waits for the next sweep.
AWAY_IN_A_ROW = 3
# So long after that a woken worker does not ask it: each would wait for it, and what else is urgent for them.
AWAY_FOR = timedelta(minutes=1)
MESSAGES_A_RUN = 200
# A run ends well before its time limit would end it (common.queues), and another goes on.
LONGEST_RUN = timedelta(minutes=2)

logger = logging.getLogger(__name__)


class _Outcome(Enum):
    SENT = auto()
    # By its own fault, such as an address that nobody has: the next message may well be sent.
    FAILED = auto()
    AWAY = auto()
    # Or to wait for the end of the quiet hours.
    WITHHELD = auto()


def messages_deliver(*, limit: int = MESSAGES_A_RUN, woken: bool = False) -> int:
    """Send what is due, oldest first, until nothing is left that can be. Answers how many.

    Any number of workers may run this at once. What fails is tried again later and given up, visibly, in the end. A
    mail server that seems away holds up no texts, nor the other way round. Who is `woken` by a message leaves a server
    that was away a moment ago to the sweeper, which asks it once a run. Nothing leaves a copy (`common.sending`).
    """
    if not may_send():
        return 0
    sent, ends_at = 0, clock.now() + LONGEST_RUN
    in_a_row = {channel: _failures_known(channel, woken=woken) for channel in Channel}
    for _ in range(limit):
        open_to = [channel for channel, failures in in_a_row.items() if failures < AWAY_IN_A_ROW]
        message = message_claim(now=clock.now(), channels=open_to) if open_to else None
        if message is None:
            return sent
        outcome = _deliver(message)
        sent += outcome is _Outcome.SENT
        channel = Channel(message.channel)
        in_a_row[channel] = _counted(channel, in_a_row[channel], outcome)
        if clock.now() >= ends_at:
            break
    wake("notifications.deliver_messages")
    return sent


def _failures_known(channel: Channel, *, woken: bool) -> int:
    if not caches["redis"].get(_away_key(channel)):
        return 0
    return AWAY_IN_A_ROW if woken else AWAY_IN_A_ROW - 1


def _counted(channel: Channel, failures: int, outcome: _Outcome) -> int:
    """How often in a row the server was away by now; from the third time on everybody knows."""
    if outcome is _Outcome.AWAY:
        if failures + 1 >= AWAY_IN_A_ROW:
            caches["redis"].set(_away_key(channel), 1, AWAY_FOR.total_seconds())
        return failures + 1
    if failures:
        caches["redis"].delete(_away_key(channel))
    return 0


def _away_key(channel: Channel) -> str:
    return f"notifications.away.{channel.value}"


@transaction.atomic
def message_claim(*, now: datetime, channels: Sequence[Channel] = tuple(Channel)) -> Message | None:
    """Take the next due message for `CLAIM`; its attempt is counted at once, so that a crash counts too.

    An email to a person goes to the address that they have now, whichever they had when it was queued.
    """
    message = lock_next_due(now, channels)
    if message is None:
        return None
    message.status = MessageStatus.IN_FLIGHT
    message.attempts += 1
    message.due_at = now + CLAIM
    if message.user is not None and message.channel == Channel.EMAIL:
        message.email = message.user.email
    message.save(update_fields=["status", "attempts", "due_at", "email"])
    return message


def _deliver(message: Message) -> _Outcome:
    now = clock.now()
    if reason := why_withheld(message, now=now):
        _mark(message, status=MessageStatus.WITHHELD, last_error=reason.value)
        return _Outcome.WITHHELD
    if until := waits_until(message, now=now):
        # No attempt: nothing has failed.
        _mark(message, status=MessageStatus.QUEUED, due_at=until, attempts=message.attempts - 1)
        return _Outcome.WITHHELD
    if message.attempts > MAX_ATTEMPTS:
        _give_up(message, "The worker was lost each time")
        return _Outcome.FAILED
    if _forget_withdrawn(message):
        return _Outcome.WITHHELD
    try:
        _send(message)
    except Exception as error:  # noqa: BLE001 - one message that cannot be sent or rendered must not stop the others
        _mark_failed(message, error, now=clock.now())
        is_away = mail.server_is_away(error) or sms.provider_is_away(error)
        return _Outcome.AWAY if is_away else _Outcome.FAILED
    _mark(message, status=MessageStatus.SENT, sent_at=clock.now(), last_error="")
    return _Outcome.SENT


def _send(message: Message) -> None:
    if message.channel == Channel.SMS:
        sms.send(sms.Text(to=mobile_of(message), body=text_of(message), reference=str(message.public_id)))
    else:
        mail.send(mail_of(message, wording_published(Kind(message.kind))))


def _mark_failed(message: Message, error: Exception, *, now: datetime) -> None:
    reason = _reason(error)
    if message.attempts >= MAX_ATTEMPTS:
        _give_up(message, reason)
        return
    logger.warning("Message %s was not sent (%s), attempt %s", message.public_id, reason, message.attempts)
    due_at = now + LADDER[message.attempts - 1]
    _mark(message, status=MessageStatus.WAITING, due_at=due_at, last_error=reason)


def _give_up(message: Message, reason: str) -> None:
    logger.error("Message %s was given up after %s attempts (%s)", message.public_id, message.attempts, reason)
    _mark(message, status=MessageStatus.FAILED, last_error=reason)


def _reason(error: Exception) -> str:
    """The kind of the error and the server's number, never its words: they quote the person's address."""
    code = f" {error.smtp_code}" if isinstance(error, SMTPResponseException) else ""
    return f"{type(error).__name__}{code}"


def _mark(message: Message, **changes: object) -> None:
    """Write how the attempt ended, unless the claim ran out and another worker has the message by now.

    What was taken back meanwhile either has been sent or is forgotten.
    """
    is_sent = changes["status"] == MessageStatus.SENT
    held = _claimed(message) if is_sent else _claimed(message).filter(withdrawn_at=None)
    if not held.update(**changes):
        _forget_withdrawn(message)


def _claimed(message: Message) -> QuerySet[Message]:
    return Message.objects.filter(pk=message.pk, status=MessageStatus.IN_FLIGHT, attempts=message.attempts)


def _forget_withdrawn(message: Message) -> bool:
    """Delete it where it has been taken back, by a worker that was lost or since this one has it."""
    return bool(_claimed(message).filter(withdrawn_at__isnull=False).delete()[0])

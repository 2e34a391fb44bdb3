"""A clock that a test sets, and a mail server that fails as it is told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.db import connection

from integrations.mail import Mail
from notifications.models import Message
from notifications.tests.factories import MessageFactory

START = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, time: timedelta) -> None:
        self.now += time


class MailServer:
    """Takes mails, or fails as it is told to."""

    def __init__(self) -> None:
        self.taken: list[Mail] = []
        self.failing: Exception | None = None
        self.refused: set[str] = set()
        self.tries = 0
        self.in_transaction: list[bool] = []

    def send(self, mail: Mail) -> None:
        self.tries += 1
        self.in_transaction.append(connection.in_atomic_block)
        if self.failing:
            raise self.failing
        if mail.to in self.refused:
            raise SMTPRecipientsRefused({mail.to: (550, b"no such user")})
        self.taken.append(mail)


def message_at(time: Clock, **fields: Any) -> Message:
    """One that is due now."""
    message: Message = MessageFactory(due_at=time.now, created_at=time.now, **fields)
    return message

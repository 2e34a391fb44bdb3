"""Mail to the outside, through whatever Django's EMAIL_BACKEND is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from smtplib import SMTPDataError, SMTPRecipientsRefused

from anymail.exceptions import AnymailAPIError
from django.core.mail import EmailMultiAlternatives

from integrations.mail import provider

_EMPTY_LINES = re.compile(r"\n\s*\n")
# RFC 5321: 421 closes the conversation, from 500 on a refusal is for good.
_CLOSING = 421
_FOR_GOOD = 500


@dataclass(frozen=True, kw_only=True)
class Attachment:
    name: str
    content: bytes
    content_type: str
    """Such as `text/calendar; method=REQUEST`; text is UTF-8 and says so by itself."""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail to one person. `message_id` (without brackets), where given, lets mailboxes drop a second copy.

    `unsubscribe_url`, where given, is an address at which one POST ends such mail (RFC 8058): mailboxes show a button.
    """

    to: str
    subject: str
    text: str
    html: str = ""
    attachments: Sequence[Attachment] = field(default_factory=tuple)
    message_id: str = ""
    unsubscribe_url: str = ""


def tidy(text: str) -> str:
    """The plain part of a mail as a template leaves it, with no more than one empty line at a time."""
    return _EMPTY_LINES.sub("\n\n", text).strip() + "\n"


def send(mail: Mail) -> None:
    """Hand one mail to the mail server; when this returns, the server has taken it.

    Never call it inside a database transaction: a slow server would hold the locks.
    Raises `OSError`, `smtplib.SMTPException` or `AnymailError` where the server or provider is away or refuses.
    """
    headers = {"Message-ID": f"<{mail.message_id}>"} if mail.message_id else {}
    if mail.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(mail.subject, mail.text, to=[mail.to], headers=headers)
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for attachment in mail.attachments:
        message.attach(attachment.name, attachment.content, attachment.content_type)
    message.send()


def server_is_away(error: Exception) -> bool:
    """Whether what `send` raised would meet any other mail just now too, and not this one alone.

    One mail alone fails by its address or by what stands in it; the server that says so is there.
    """
    if isinstance(error, SMTPRecipientsRefused):
        return any(code == _CLOSING for code, _ in error.recipients.values())
    if isinstance(error, SMTPDataError):
        return error.smtp_code < _FOR_GOOD
    if isinstance(error, AnymailAPIError):
        return provider.is_away(error)
    return isinstance(error, OSError)

"""Development's mail: every mail becomes a file, read back by the development mail page. Nothing leaves the machine."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.generator import BytesGenerator
from email.message import EmailMessage as ParsedMessage
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from common import clock
from integrations.mail import Attachment

_NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")
_CODE = re.compile(r"^[A-Z]{4}-[A-Z]{4}$", re.MULTILINE)


class FileMailbox(BaseEmailBackend):
    """Keeps each mail as a file of its own in EMAIL_FILE_PATH, byte for byte as SMTP would carry it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            _write_whole(folder, _as_sent(message))
        return len(email_messages)


def _as_sent(message: EmailMessage) -> bytes:
    """By the policy that Django's own SMTP goes by: another one would fold and encode long headers once more."""
    content = BytesIO()
    BytesGenerator(content, mangle_from_=False).flatten(message.message(), linesep="\r\n")
    return content.getvalue()


def _write_whole(folder: Path, content: bytes) -> None:
    """The page may look at any moment: a mail is there entirely or not at all."""
    name = f"{clock.now():%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}"
    unfinished = folder / f".{name}"
    unfinished.write_bytes(content)
    unfinished.rename(folder / f"{name}.eml")


@dataclass(frozen=True, kw_only=True)
class StoredMail:
    """A mail as it was sent. `code` is the one that it asks its reader to type, or nothing."""

    name: str
    to: str
    subject: str
    sent_at: datetime
    text: str
    html: str
    attachments: Sequence[Attachment]

    @property
    def code(self) -> str:
        found = _CODE.search(self.text)
        return found.group() if found else ""


def stored_mails(limit: int = 100) -> list[StoredMail]:
    """The newest mails, newest first."""
    names = sorted((path.stem for path in Path(settings.EMAIL_FILE_PATH).glob("[!.]*.eml")), reverse=True)
    return [mail for name in names[:limit] if (mail := stored_mail(name))]


def stored_mail(name: str) -> StoredMail | None:
    """The mail of this name, or None; a name that is not one of ours never reaches the file system."""
    if not _NAME.fullmatch(name):
        return None
    try:
        content = (Path(settings.EMAIL_FILE_PATH) / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    return _parsed(name, message_from_bytes(content, _class=ParsedMessage, policy=policy.default))


def _parsed(name: str, message: ParsedMessage) -> StoredMail:
    return StoredMail(
        name=name,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        sent_at=datetime.strptime(name[:21], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=[_attachment(part) for part in message.iter_attachments()],
    )


def _body(message: ParsedMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def _attachment(part: ParsedMessage) -> Attachment:
    content = part.get_payload(decode=True)
    return Attachment(
        name=part.get_filename() or "attachment",
        content=content if isinstance(content, bytes) else b"",
        content_type=str(part["Content-Type"]),
    )

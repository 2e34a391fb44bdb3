from __future__ import annotations

import smtplib
import socket
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from pytest_django import Settings

from integrations.mail import Attachment, Mail, send, server_is_away
from integrations.mail.development import stored_mail, stored_mails

MAIL = Mail(
    to="maya@example.org",
    subject="Appointment confirmed",
    text="Your code\n\nBCDF-GHJK\n",
    html="<p>Your code <strong>BCDF-GHJK</strong></p>",
    attachments=[
        Attachment(name="MC7.ics", content=b"BEGIN:VCALENDAR\r\n", content_type="text/calendar; method=REQUEST")
    ],
    message_id="5f0c@clinic.example",
)


@pytest.fixture
def mailbox(settings: Settings, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "integrations.mail.development.FileMailbox"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


def test_a_mail_has_both_parts_its_attachment_and_its_id(mailoutbox: list[EmailMultiAlternatives]) -> None:
    send(MAIL)
    [sent] = mailoutbox
    message = sent.message()
    assert message["Message-ID"] == "<5f0c@clinic.example>"
    types = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    assert types == ["text/plain", "text/html", "text/calendar"]
    calendar = list(message.walk())[-1]
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_filename() == "MC7.ics"
    assert str(calendar["Content-Type"]).count("charset") == 1


def test_a_subject_cannot_smuggle_a_header() -> None:
    with pytest.raises(ValueError, match="newlines"):
        send(Mail(to="maya@example.org", subject="Hello\nBcc: evil@example.org", text=""))


def test_a_server_that_is_away_is_an_error_of_the_caller(settings: Settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    with pytest.raises(ConnectionRefusedError):
        send(MAIL)


def test_what_is_sent_in_development_is_read_back_whole(mailbox: Path) -> None:
    send(MAIL)
    stop = f"https://clinic.example/stop/{'x' * 150}/"
    send(Mail(to="second@example.org", subject="Later", text="no code here", unsubscribe_url=stop))

    later, first = stored_mails()
    assert (later.subject, later.code, later.html) == ("Later", "", "")
    # As SMTP would carry it: nothing encoded or broken within the address.
    assert f"<{stop}>".encode() in (mailbox / f"{later.name}.eml").read_bytes()
    assert (first.to, first.subject, first.code) == (MAIL.to, MAIL.subject, "BCDF-GHJK")
    assert first.html.strip() == MAIL.html
    [attachment] = first.attachments
    assert (attachment.name, attachment.content) == ("MC7.ics", b"BEGIN:VCALENDAR\r\n")
    assert "method=REQUEST" in attachment.content_type.replace('"', "")


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "20270101T000000000000-abcdef12/../x", "unknown"])
def test_a_name_that_is_not_a_mails_reads_no_file(mailbox: Path, name: str) -> None:
    mailbox.mkdir()
    assert stored_mail(name) is None


def test_without_any_mail_the_box_is_empty(mailbox: Path) -> None:
    assert stored_mails() == []


@pytest.mark.parametrize(
    ("error", "is_away"),
    [
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (smtplib.SMTPServerDisconnected("gone"), True),
        (smtplib.SMTPAuthenticationError(535, b"who are you"), True),
        (smtplib.SMTPSenderRefused(550, b"not from here", "us@example.org"), True),
        (smtplib.SMTPRecipientsRefused({"maya@example.org": (550, b"no such user")}), False),
        (smtplib.SMTPRecipientsRefused({"maya@example.org": (451, b"greylisted")}), False),
        (smtplib.SMTPRecipientsRefused({"maya@example.org": (421, b"closing")}), True),
        (smtplib.SMTPDataError(554, b"looks like spam"), False),
        (smtplib.SMTPDataError(452, b"disk full"), True),
        (ValueError("cannot be rendered"), False),
    ],
)
def test_a_server_that_is_away_is_told_from_a_mail_that_it_refuses(error: Exception, is_away: bool) -> None:  # noqa: FBT001
    assert server_is_away(error) is is_away

"""What a message may not say stands in none of the places that it comes to, whatever facts it was given."""

from __future__ import annotations

from smtplib import SMTPDataError
from typing import Any

import pytest
from django.utils.html import escape

from integrations import mail
from notifications.kinds import TRAITS, Kind
from notifications.models import Message, MessageWording
from notifications.rendering import mail_of, text_of, title_of
from notifications.selectors import messages_about, notices_page
from notifications.services import messages_deliver
from notifications.services.deliver import message_claim
from notifications.tests.factories import CANARIES, FACTS, MessageFactory
from notifications.wording import REWORDABLE

SAYS_WHY = {Kind.VERIFICATION_REJECTED, Kind.VERIFICATION_SUSPENDED}


def canaries_for(kind: Kind) -> dict[str, Any]:
    held = {"reason"} if kind in SAYS_WHY else {"words"} if kind == Kind.WORDING_TEST else set()
    return {name: canary for name, canary in CANARIES.items() if name not in held}


def found_in(*sinks: object) -> list[str]:
    said = "\n".join(sink.decode() if isinstance(sink, bytes) else str(sink) for sink in sinks)
    return [canary for canary in CANARIES.values() if canary in said or escape(canary) in said]


@pytest.mark.parametrize("kind", Kind)
def test_no_mail_text_calendar_or_notice_says_what_it_may_not(kind: Kind) -> None:
    message = Message(kind=kind, email="maya@example.org", facts={**FACTS, **canaries_for(kind)})
    told = mail_of(message)
    files = [sink for file in told.attachments for sink in (file.name, file.content, file.content_type)]
    texts = [text_of(message)] if TRAITS[kind].has_text else []
    headers = (told.subject, told.message_id, told.unsubscribe_url)
    assert found_in(*headers, told.text, told.html, title_of(message), *files, *texts) == []


@pytest.mark.django_db
def test_no_log_timeline_or_bell_says_it_where_the_mail_and_the_editors_words_fail(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(sent: mail.Mail) -> None:
        raise SMTPDataError(550, f"{sent.to}: {CANARIES['reason']}".encode())

    monkeypatch.setattr(mail, "send", refuse)
    MessageWording.objects.update(subject="{reason}")
    for kind in REWORDABLE:
        message = MessageFactory(kind=kind, facts={**FACTS, **CANARIES}, about="visit:1")
        messages_deliver()
        message.refresh_from_db()
        assert message.attempts == 1
        shown = notices_page(message.user, size=10, before=None, after=None).rows
        assert found_in(message.last_error, *shown, *messages_about("visit:1")) == []
    assert found_in(caplog.text) == []
    assert "@example.org" not in caplog.text
    assert caplog.text.count("could not be used") == len(REWORDABLE)
    assert message_claim(now=message.created_at) is None

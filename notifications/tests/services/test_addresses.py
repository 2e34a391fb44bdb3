from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from anymail.signals import AnymailTrackingEvent
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse
from prometheus_client import REGISTRY
from pytest_django import Settings

from common.errors import Conflict
from integrations import mail
from integrations.mail import provider
from integrations.mail.provider import MailNews
from notifications.kinds import Kind
from notifications.models import MailEvent, Message, NotificationSettings, Undeliverable
from notifications.selectors import messages_about, trouble_with
from notifications.services import address_try_again, mail_news_receive, messages_deliver, messages_purge
from notifications.services.addresses import TRIES
from notifications.states import Channel, MessageStatus, Withheld
from notifications.tests.factories import MessageFactory, PersonFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 3, 12, 0, tzinfo=UTC)
SECRET = "postmark:only-for-these-tests"
HOOK = reverse("mail_events")


def _news(what: str, address: str, number: int = 1, at: datetime = NOON) -> MailNews:
    return MailNews(event_id=f"test:{number}", what=what, address=address, at=at)


def _bounce(address: str, **more: Any) -> dict[str, Any]:
    return {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "ID": 42,
        "Email": address,
        "BouncedAt": NOON.isoformat(),
        **more,
    }


@pytest.fixture
def hook(client: Client, settings: Settings) -> Any:
    settings.EMAIL_PROVIDER, settings.EMAIL_WEBHOOK_SECRETS = "postmark", [SECRET]
    settings.ANYMAIL = provider.settings_of("postmark", "a key", [SECRET])["ANYMAIL"]

    def post(body: object, secret: str = SECRET) -> int:
        import base64

        sent = body if isinstance(body, str) else json.dumps(body)
        basic = base64.b64encode(secret.encode()).decode()
        answer = client.post(HOOK, sent, content_type="application/json", headers={"Authorization": f"Basic {basic}"})
        return answer.status_code

    return post


def test_mail_to_an_address_that_it_comes_back_from_is_withheld_and_the_person_is_told(
    hook: Any, mailoutbox: list[EmailMultiAlternatives], caplog: pytest.LogCaptureFixture
) -> None:
    person = PersonFactory(email="maya@example.org")
    with caplog.at_level(logging.DEBUG):
        assert hook(_bounce("Maya@Example.org", Details="smtp;550 maya is canarydetail")) == 200
        assert hook(_bounce("Maya@Example.org"), secret="postmark:somebody-elses-word") == 400
        message = MessageFactory(user=person, kind=Kind.APPOINTMENT_CANCELLED)
        assert messages_deliver() == 0
    assert not any(word in caplog.text.lower() for word in ("maya@", "canarydetail", "only-for-these-tests"))
    message.refresh_from_db()
    assert (message.status, message.last_error) == (MessageStatus.WITHHELD, Withheld.COMES_BACK)
    assert "comes back" in trouble_with(person.email)
    assert "maya" not in json.dumps(list(Undeliverable.objects.values("digest", "reason"))).lower()
    assert not trouble_with("maya.new@example.org"), "another address is another"


def test_an_event_counts_once_and_only_with_the_password(hook: Any) -> None:
    assert hook(_bounce("maya@example.org"), secret="postmark:somebody-elses-word") == 400
    assert not MailEvent.objects.exists()
    assert [hook(_bounce("maya@example.org")) for _ in range(3)] == [200, 200, 200]
    assert MailEvent.objects.count() == Undeliverable.objects.count() == 1


@pytest.mark.parametrize("body", ["", "no json", "[]", '"text"', "\xff", "[" * 100_000])
def test_what_cannot_be_read_is_refused_and_no_error_of_ours(hook: Any, body: str) -> None:
    assert hook(body) == 400
    assert not Undeliverable.objects.exists()


def test_what_may_yet_arrive_is_no_bounce(hook: Any, caplog: pytest.LogCaptureFixture) -> None:
    for passing in ("SoftBounce", "Transient", "AutoResponder"):
        assert hook(_bounce("maya@example.org", Type=passing)) == 200
    assert not caplog.records
    counted = lambda: REGISTRY.get_sample_value("medconsult_bounces_unknown_total", {"provider": "Postmark"}) or 0  # noqa: E731
    before = counted()
    assert hook(_bounce("maya@example.org", Type="NewKind maya@example.org")) == 200
    assert counted() == before + 1
    assert "NewKind" in caplog.text
    assert "maya@" not in caplog.text
    assert not Undeliverable.objects.exists()


def test_each_providers_own_word_says_whether_it_is_for_good() -> None:
    words: list[tuple[dict[str, str], str | None]] = [
        ({"Type": "HardBounce"}, "bounce"),
        ({"SuppressionReason": "HardBounce"}, "bounce"),
        ({"event": "hard_bounce"}, "bounce"),
        ({"event": "invalid_email"}, "bounce"),
        ({"event": "bounce"}, None),
        ({"event": "soft_bounce"}, None),
        ({}, None),
    ]
    for said, expected in words:
        event = AnymailTrackingEvent(event_type="bounced", recipient="m@example.org", timestamp=NOON, esp_event=said)
        news = provider.news_from(event, "any")
        assert (news and news.what) == expected, said


def test_without_a_provider_there_is_no_such_address(client: Client, settings: Settings) -> None:
    settings.EMAIL_PROVIDER = ""
    assert client.post(HOOK, _bounce("a@b.org"), content_type="application/json").status_code == 404
    assert client.get(HOOK).status_code == 405


def test_a_complaint_ends_what_may_be_switched_off_and_no_more(mailoutbox: list[EmailMultiAlternatives]) -> None:
    person = PersonFactory()
    mail_news_receive(news=_news("complaint", person.email))
    optional = MessageFactory(user=person, kind=Kind.RECORD_NEW)
    needed = MessageFactory(user=person, kind=Kind.APPOINTMENT_CANCELLED)
    assert messages_deliver() == 1
    optional.refresh_from_db()
    needed.refresh_from_db()
    assert (optional.status, optional.last_error) == (MessageStatus.WITHHELD, Withheld.UNWANTED)
    assert needed.status == MessageStatus.SENT


def test_a_bounce_stands_until_mail_arrives_again_and_a_complaint_until_its_owner_asks() -> None:
    person = PersonFactory(email="maya@example.org")
    address = person.email
    mail_news_receive(news=_news("complaint", address, 1))
    mail_news_receive(news=_news("bounce", address, 2))
    mail_news_receive(news=_news("complaint", address, 3))
    assert "comes back" in trouble_with(address)
    mail_news_receive(news=_news("delivered", address, 4, at=NOON - timedelta(hours=1)))
    assert "comes back" in trouble_with(address), "what arrived before it came back proves nothing"
    mail_news_receive(news=_news("delivered", address, 5, at=NOON + timedelta(hours=1)))
    assert "unwanted" in trouble_with(address)
    mail_news_receive(news=_news("bounce", address, 6, at=NOON + timedelta(minutes=30)))
    assert "unwanted" in trouble_with(address), "it came back before it arrived, whenever we hear of it"
    address_try_again(actor=person)
    assert not trouble_with(address)


def test_whoever_says_that_it_works_gets_the_next_one_and_not_without_end() -> None:
    person = PersonFactory()
    for number in range(TRIES.most):
        mail_news_receive(news=_news("bounce", person.email, number))
        address_try_again(actor=person)
        assert not trouble_with(person.email)
    mail_news_receive(news=_news("bounce", person.email, 99))
    with pytest.raises(Conflict):
        address_try_again(actor=person)


def test_a_provider_that_is_away_is_told_from_one_that_refuses_a_mail() -> None:
    from anymail.exceptions import AnymailAPIError

    def error(status: int | None) -> AnymailAPIError:
        raised = AnymailAPIError("said")
        raised.status_code = status
        return raised

    assert [mail.server_is_away(error(status)) for status in (None, 429, 503, 422)] == [True, True, True, False]


def test_old_messages_keep_that_they_were_and_not_what_they_said() -> None:
    rules = NotificationSettings.load()
    old = NOON - timedelta(days=rules.facts_kept_days, seconds=1)
    spoken = MessageFactory(created_at=old, status=MessageStatus.SENT)
    without_path = MessageFactory(created_at=old, status=MessageStatus.WITHHELD, facts={"doctor": "Dr Osei"})
    waiting = MessageFactory(created_at=old, status=MessageStatus.WAITING)
    young = MessageFactory(created_at=old + timedelta(days=1), status=MessageStatus.SENT)
    MailEvent.objects.create(event_id="old", at=old)
    assert messages_purge(now=NOON) == 2
    assert messages_purge(now=NOON) == 0
    facts = dict(Message.objects.values_list("pk", "facts"))
    assert facts[spoken.pk] == {"path": spoken.facts["path"]}
    assert facts[without_path.pk] == {}
    assert facts[waiting.pk] == waiting.facts
    assert facts[young.pk] == young.facts
    assert not MailEvent.objects.exists()


def test_the_timeline_says_what_went_out_to_whom_and_to_no_address() -> None:
    about = "appointment:5f0c"
    MessageFactory(about=about, status=MessageStatus.SENT)
    MessageFactory(about=about, kind=Kind.DOCTOR_APPOINTMENT_BOOKED)
    unwanted = {"status": MessageStatus.WITHHELD, "last_error": Withheld.NOT_WANTED}
    MessageFactory(about=about, channel=Channel.SMS, **unwanted)
    MessageFactory()
    told = messages_about(about)
    assert {(one.what, one.whom, one.state) for one in told} == {
        ("Appointment booked", "the patient", "Sent"),
        ("New booking", "the doctor", "Queued"),
    }
    assert "@" not in str(told)

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from pytest_django import DjangoAssertNumQueries, Settings

from common.errors import Conflict, Invalid
from integrations import sms
from notifications.kinds import TRAITS, Kind
from notifications.models import Contact, Message
from notifications.rendering import text_of
from notifications.samples import sample_facts
from notifications.services import (
    Outgoing,
    contact_ask,
    contact_confirm,
    contact_remove,
    messages_deliver,
    messages_queue,
    messages_withdraw,
    preferences_set,
)
from notifications.services.contact import CODES_OF_A_PERSON, WRONG_CODES
from notifications.states import Channel, MessageStatus, Withheld
from notifications.tests.factories import FACTS, MessageFactory, PersonFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 3, 12, 0, tzinfo=UTC)
MOBILE = "+447700900123"


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Phones:
    """Takes texts, or fails as it is told to."""

    def __init__(self) -> None:
        self.taken: list[sms.Text] = []
        self.failing: Exception | None = None

    def send(self, text: sms.Text) -> None:
        if self.failing:
            raise self.failing
        self.taken.append(text)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("common.clock.now", clock)
    return clock


@pytest.fixture(autouse=True)
def phones(monkeypatch: pytest.MonkeyPatch, settings: Settings, time: Clock) -> Phones:
    settings.SMS_PROVIDER = "development"
    phones = Phones()
    monkeypatch.setattr("integrations.sms.send", phones.send)
    return phones


@pytest.fixture
def person() -> AbstractUser:
    """Who wants texts of bookings, at a number that is theirs."""
    user: AbstractUser = PersonFactory()
    Contact.objects.create(user_id=user.pk, mobile=MOBILE, confirmed_at=NOON)
    preferences_set(actor=user, wanted={(Kind.APPOINTMENT_BOOKED, Channel.SMS): True})
    return user


def _queue(user: AbstractUser, now: datetime, **more: Any) -> Message:
    booked = Outgoing(kind=Kind.APPOINTMENT_BOOKED, user=user, facts=FACTS, dedupe_key="a", about="visit:1", **more)
    messages_queue(messages=[booked], now=now)
    return Message.objects.get(channel=Channel.SMS)


def test_whoever_wants_it_gets_a_text_beside_the_email(person: AbstractUser, phones: Phones, time: Clock) -> None:
    text = _queue(person, time.now)
    assert (text.dedupe_key, text.email, text.about) == ("a:sms", "", "visit:1")
    assert messages_deliver() == 2
    [sent] = phones.taken
    assert (sent.to, sent.reference) == (MOBILE, str(text.public_id))
    assert sent.body == "MedConsult: Dr Amara Osei, Tue 6 Jul, 10:20am, Marylebone Clinic, is booked. Ref MC7Q2KD."


def test_no_text_overtakes_its_own_email_and_later_news_overtakes_both(person: AbstractUser, time: Clock) -> None:
    texted = [kind for kind, traits in TRAITS.items() if traits.has_text]
    preferences_set(actor=person, wanted={(kind, Channel.SMS): True for kind in texted})
    for kind in texted:
        facts = FACTS | sample_facts(kind)
        told = [Outgoing(kind=kind, user=person, facts=facts, dedupe_key=kind, about=f"visit:{kind}")]
        messages_queue(messages=told, now=time.now)
    assert messages_deliver() == 2 * len(texted)
    moved, facts = Kind.APPOINTMENT_MOVED, FACTS | sample_facts(Kind.APPOINTMENT_MOVED)
    twice = [Outgoing(kind=moved, user=person, facts=facts, dedupe_key=key, about="visit:1") for key in "01"]
    messages_queue(messages=twice, now=time.now)
    assert messages_deliver() == 2
    withheld = Message.objects.filter(status=MessageStatus.WITHHELD, last_error=Withheld.OVERTAKEN)
    assert {message.dedupe_key for message in withheld} == {"0", "0:sms"}


def test_it_is_written_with_the_email_in_one_statement_and_asks_nothing_of_whoever_books(
    person: AbstractUser, time: Clock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    booked = Outgoing(kind=Kind.APPOINTMENT_BOOKED, user=person, facts=FACTS, dedupe_key="a")
    with django_assert_num_queries(1):
        messages_queue(messages=[booked], now=time.now)
    assert Message.objects.count() == 2


@pytest.mark.parametrize("without", ["wish", "number", "confirmation"])
def test_nobody_gets_a_text_without_wish_and_a_confirmed_number(
    person: AbstractUser, phones: Phones, time: Clock, without: str
) -> None:
    if without == "wish":
        preferences_set(actor=person, wanted={(Kind.APPOINTMENT_BOOKED, Channel.SMS): False})
    elif without == "number":
        contact_remove(actor=person)
    else:
        Contact.objects.update(confirmed_at=None)
    text = _queue(person, time.now)
    assert messages_deliver() == 1
    text.refresh_from_db()
    assert (text.status, text.last_error) == (MessageStatus.WITHHELD, Withheld.NOT_WANTED)
    assert not phones.taken


def test_nothing_is_written_for_it_where_no_provider_is_set_up(person: AbstractUser, settings: Settings) -> None:
    settings.SMS_PROVIDER = ""
    messages_queue(
        messages=[Outgoing(kind=Kind.APPOINTMENT_BOOKED, user=person, facts=FACTS, dedupe_key="a")], now=NOON
    )
    assert not Message.objects.filter(channel=Channel.SMS).exists()


def test_in_the_quiet_hours_it_waits_for_the_morning_without_an_attempt(
    person: AbstractUser, phones: Phones, time: Clock
) -> None:
    time.now = datetime(2027, 3, 3, 22, 0, tzinfo=UTC)
    text = _queue(person, time.now)
    assert messages_deliver() == 1
    text.refresh_from_db()
    morning = datetime(2027, 3, 4, 8, 0, tzinfo=UTC)
    assert (text.status, text.due_at, text.attempts) == (MessageStatus.QUEUED, morning, 0)
    time.now = morning
    messages_deliver()
    assert len(phones.taken) == 1


def test_what_would_come_too_late_in_the_morning_is_withheld(person: AbstractUser, phones: Phones, time: Clock) -> None:
    time.now = datetime(2027, 3, 3, 22, 0, tzinfo=UTC)
    text = _queue(person, time.now, useless_after=datetime(2027, 3, 4, 7, 30, tzinfo=UTC))
    messages_deliver()
    time.now = datetime(2027, 3, 4, 8, 0, tzinfo=UTC)
    messages_deliver()
    text.refresh_from_db()
    assert (text.status, text.last_error, phones.taken) == (MessageStatus.WITHHELD, Withheld.TOO_LATE, [])


def test_of_a_visit_that_has_begun_no_text_goes(person: AbstractUser, time: Clock) -> None:
    assert _queue(person, time.now).useless_after == datetime.fromisoformat(FACTS["start"])


def test_a_mail_server_that_is_away_holds_up_no_text(
    person: AbstractUser, phones: Phones, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_mail: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("integrations.mail.send", away)
    MessageFactory.create_batch(10, due_at=NOON - timedelta(minutes=1))
    _queue(person, time.now)
    assert messages_deliver() == 1
    assert len(phones.taken) == 1


def test_a_number_that_is_refused_fails_by_itself_and_its_reason_names_no_number(
    person: AbstractUser, phones: Phones, time: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    phones.failing = sms.Refused("400")
    text = _queue(person, time.now)
    with caplog.at_level(logging.DEBUG):
        messages_deliver()
    assert "7700" not in caplog.text
    assert "MC7Q2KD" not in caplog.text
    text.refresh_from_db()
    assert (text.status, text.last_error) == (MessageStatus.WAITING, "Refused")


def test_it_is_taken_back_with_the_email(person: AbstractUser, time: Clock) -> None:
    _queue(person, time.now)
    assert messages_withdraw(dedupe_keys=["a"]) == 2


@pytest.mark.parametrize("kind", [kind for kind, traits in TRAITS.items() if traits.has_text])
def test_the_words_fit_a_text_and_never_say_why(kind: Kind) -> None:
    body = text_of(Message(kind=kind, facts={**FACTS, "minutes": 20}))
    assert len(body) <= 160, body
    assert "MC7Q2KD" in body
    assert "10:20am" in body
    for secret in ("Sexual health", "{{", "!"):
        assert secret not in body


def test_several_visits_of_a_day_are_one_text() -> None:
    body = text_of(Message(kind=Kind.APPOINTMENT_REMINDER, facts={**FACTS, "visits": [FACTS, FACTS]}))
    assert "2 appointments on Tue 6 Jul, the first at 10:20am" in body
    assert len(body) <= 160


def test_a_number_counts_once_its_code_has_come_back(phones: Phones) -> None:
    user = PersonFactory()
    contact_ask(actor=user, mobile=MOBILE, now=NOON)
    [text] = phones.taken
    code = text.body.split("code is ")[1][:6]
    contact = Contact.objects.get()
    assert (text.to, contact.mobile, contact.confirmed_at) == (MOBILE, MOBILE, None)
    assert code not in contact.code_digest
    with pytest.raises(Invalid):
        contact_confirm(actor=user, code="no code", now=NOON)
    contact_confirm(actor=user, code=code, now=NOON)
    contact.refresh_from_db()
    assert (contact.confirmed_at, contact.code_digest) == (NOON, "")


def test_another_number_is_not_confirmed_by_the_first_ones_code(phones: Phones) -> None:
    user = PersonFactory()
    contact_ask(actor=user, mobile=MOBILE, now=NOON)
    code = phones.taken[0].body.split("code is ")[1][:6]
    contact_ask(actor=user, mobile="+447700900999", now=NOON)
    if phones.taken[1].body.split("code is ")[1][:6] != code:
        with pytest.raises(Invalid):
            contact_confirm(actor=user, code=code, now=NOON)
    assert Contact.objects.get().confirmed_at is None


@pytest.mark.parametrize("spoilt", ["late", "guessed"])
def test_a_code_ends_after_ten_minutes_and_after_five_wrong_ones(phones: Phones, spoilt: str) -> None:
    user = PersonFactory()
    contact_ask(actor=user, mobile=MOBILE, now=NOON)
    code = phones.taken[0].body.split("code is ")[1][:6]
    for _ in range(WRONG_CODES if spoilt == "guessed" else 0):
        with pytest.raises(Invalid):
            contact_confirm(actor=user, code="wrong", now=NOON)
    with pytest.raises(Invalid):
        contact_confirm(actor=user, code=code, now=NOON + timedelta(minutes=10 if spoilt == "late" else 1))
    assert Contact.objects.get().confirmed_at is None


def test_codes_are_not_sent_without_end(phones: Phones) -> None:
    user = PersonFactory()
    for _ in range(CODES_OF_A_PERSON.most):
        contact_ask(actor=user, mobile=MOBILE, now=NOON)
    with pytest.raises(Invalid, match="several codes"):
        contact_ask(actor=user, mobile="+447700900998", now=NOON)
    with pytest.raises(Invalid, match="several codes"):
        contact_ask(actor=PersonFactory(), mobile=MOBILE, now=NOON)
    assert len(phones.taken) == CODES_OF_A_PERSON.most


def test_without_a_provider_no_number_is_asked_for(settings: Settings) -> None:
    settings.SMS_PROVIDER = ""
    with pytest.raises(Conflict):
        contact_ask(actor=PersonFactory(), mobile=MOBILE, now=NOON)
    assert not Contact.objects.exists()

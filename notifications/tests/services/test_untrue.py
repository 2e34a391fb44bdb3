"""What is decided when a message is sent: to which address, and that it is still true."""

from __future__ import annotations

from itertools import pairwise
from smtplib import SMTPServerDisconnected

import pytest
from django.db import IntegrityError, transaction

from integrations.mail import Mail
from integrations.mail.provider import MailNews
from notifications.kinds import TRAITS, Kind, Topic
from notifications.models import Message
from notifications.samples import sample_facts
from notifications.selectors import old_time_known
from notifications.services import mail_news_receive, messages_deliver, messages_withdraw
from notifications.services.deliver import CLAIM, LADDER, _mark_failed, message_claim
from notifications.states import MessageStatus, Withheld
from notifications.tests.factories import PersonFactory
from notifications.tests.sending import Clock, MailServer, message_at

pytestmark = pytest.mark.django_db


def test_an_address_that_was_changed_while_a_message_waits_is_the_one_it_goes_to(
    time: Clock, server: MailServer
) -> None:
    person = PersonFactory()
    message = message_at(time, user=person)
    invited = message_at(time, user=None, email="invited@example.org", kind="carer_invited")
    server.failing = SMTPServerDisconnected("gone")
    messages_deliver()
    # The old one came back in the end, which says nothing of the new one.
    old, person.email = person.email, "new@example.org"
    person.save()
    mail_news_receive(news=MailNews(event_id="1", what="bounce", address=old, at=time.now))
    server.failing = None
    time.pass_by(LADDER[0])
    assert messages_deliver() == 2
    assert [mail.to for mail in server.taken] == ["new@example.org", invited.email]
    message.refresh_from_db()
    assert message.email == "new@example.org"


def test_what_was_taken_back_while_its_worker_was_lost_is_sent_by_nobody(time: Clock, server: MailServer) -> None:
    lost, refused = message_at(time), message_at(time)
    assert message_claim(now=time.now) == lost
    slow = message_claim(now=time.now)
    assert slow == refused
    assert messages_withdraw(dedupe_keys=[lost.dedupe_key, refused.dedupe_key]) == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=lost.pk).update(status=MessageStatus.WAITING)
    again = message_at(time, dedupe_key=lost.dedupe_key)
    _mark_failed(slow, SMTPServerDisconnected(), now=time.now)
    assert set(Message.objects.all()) == {lost, again}
    time.pass_by(CLAIM)
    assert messages_deliver() == 1
    assert [mail.to for mail in server.taken] == [again.email]
    assert Message.objects.get() == again


def test_a_worker_that_sends_what_is_taken_back_meanwhile_says_so(
    time: Clock, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = message_at(time)

    def send(mail: Mail) -> None:
        server.send(mail)
        messages_withdraw(dedupe_keys=[message.dedupe_key])

    monkeypatch.setattr("integrations.mail.send", send)
    assert messages_deliver() == 1
    assert Message.objects.get().status == MessageStatus.SENT


def test_no_older_news_of_a_visit_arrives_after_newer(time: Clock, server: MailServer) -> None:
    person, about = PersonFactory(), "visit:1"
    booked = message_at(time, user=person, about=about)
    paid = message_at(
        time, user=person, about=about, kind=Kind.PAYMENT_RECEIVED, facts=sample_facts(Kind.PAYMENT_RECEIVED)
    )
    others = [message_at(time, about=about), message_at(time, user=person, about="visit:2")]
    server.failing = ConnectionRefusedError()
    for _ in range(2):
        messages_deliver()
        time.pass_by(LADDER[0])
    server.failing = None
    message_at(time, user=person, about=about, kind=Kind.APPOINTMENT_CANCELLED)
    for step in LADDER[:3]:
        messages_deliver()
        time.pass_by(step)
    subjects = [mail.subject for mail in server.taken if mail.to == person.email]
    assert [subject.partition(":")[0] for subject in subjects].count("Appointment confirmed") == 1, "of the other visit"
    assert any("cancelled" in subject for subject in subjects)
    booked.refresh_from_db()
    assert (booked.status, booked.last_error) == (MessageStatus.WITHHELD, Withheld.OVERTAKEN)
    for message in (paid, *others):
        message.refresh_from_db()
        assert message.status == MessageStatus.SENT


def test_what_moved_twice_while_mail_was_away_names_the_time_that_its_person_knows(
    time: Clock, server: MailServer
) -> None:
    person, moves = PersonFactory(), sample_facts(Kind.APPOINTMENT_MOVED)
    moves["old_place"] = moves["place"]
    days = [f"2027-07-0{day}T09:20:00+00:00" for day in range(5, 10)]
    told = [
        message_at(
            time,
            user=person,
            about="visit:1",
            kind=Kind.APPOINTMENT_MOVED,
            facts=moves | {"old_start": old, "start": new},
        )
        for old, new in pairwise(days)
    ]
    Message.objects.filter(pk=told[0].pk).update(status=MessageStatus.SENT)
    assert messages_deliver() == 1
    assert "Tuesday 6 July" in server.taken[0].text, "from the second day, of which the first move has told"
    assert "Wednesday 7 July" not in server.taken[0].text
    back = moves | {"old_start": days[4], "start": days[1]}
    message = message_at(time, user=person, about="visit:1", kind=Kind.APPOINTMENT_MOVED, facts=back)
    Message.objects.filter(pk=told[3].pk).update(status=MessageStatus.WITHHELD)
    assert old_time_known(message) == {}, "and where it is back, the time that it had"


def test_news_of_money_is_overtaken_by_nothing_and_what_asks_for_money_by_what_ends_that() -> None:
    for kind, traits in TRAITS.items():
        asks = kind == Kind.DIFFERENCE_DUE
        if traits.topic == Topic.PAYMENTS:
            assert bool(traits.overtaken_by) == asks, kind
        newer = [TRAITS[other] for other in traits.overtaken_by]
        assert {one.audience for one in newer} <= {traits.audience}
        assert {one.topic for one in newer} <= {traits.topic} | ({Topic.APPOINTMENTS} if asks else set())


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (Kind.DIFFERENCE_DUE, Kind.APPOINTMENT_CANCELLED),
        (Kind.DIFFERENCE_DUE, Kind.APPOINTMENT_CHANGED),
        (Kind.DIFFERENCE_DUE, Kind.PAYMENT_RECEIVED),
        # What was given up for want of a payment can be paid late, and stands again.
        (Kind.DOCTOR_APPOINTMENT_CANCELLED, Kind.DOCTOR_APPOINTMENT_BOOKED),
        (Kind.DOCTOR_APPOINTMENT_BOOKED, Kind.DOCTOR_APPOINTMENT_CANCELLED),
        (Kind.VERIFICATION_ITEM_ASKED, Kind.VERIFICATION_APPROVED),
        (Kind.VERIFICATION_REOPENED, Kind.VERIFICATION_REJECTED),
    ],
)
def test_what_is_over_is_told_by_the_newer_alone(older: Kind, newer: Kind, time: Clock, server: MailServer) -> None:
    person = PersonFactory()
    for kind in (older, newer):
        message_at(time, user=person, about="one:1", kind=kind, facts=sample_facts(kind))
    assert messages_deliver() == 1
    assert Message.objects.get(status=MessageStatus.SENT).kind == newer

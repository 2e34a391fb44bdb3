from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse

from audit.models import Event
from notifications.kinds import TRAITS, Audience, Kind
from notifications.models import Message, Preference
from notifications.rendering import mail_of
from notifications.selectors import preferences_of
from notifications.services import messages_deliver, preferences_set
from notifications.states import Channel, MessageStatus, Withheld
from notifications.stopping import make_stop_token
from notifications.tests.factories import MessageFactory, PersonFactory
from notifications.told import TOLD

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 3, 12, 0, tzinfo=UTC)
OPTIONAL, NEEDED = Kind.RECORD_NEW, Kind.APPOINTMENT_CANCELLED


def _off(kind: Kind) -> dict[tuple[str, Channel], bool]:
    return {(kind, Channel.EMAIL): False}


def test_only_what_differs_from_everybodys_is_a_row_and_it_is_written_down_once() -> None:
    user, other = PersonFactory(), PersonFactory()
    assert preferences_set(actor=user, wanted=_off(OPTIONAL)) == 1
    assert preferences_set(actor=user, wanted=_off(OPTIONAL)) == 0
    assert not preferences_of(user)[OPTIONAL, Channel.EMAIL]
    assert preferences_of(other)[OPTIONAL, Channel.EMAIL]
    assert Event.objects.get().data == {"changed": ["record_new:email:off"]}
    preferences_set(actor=user, wanted={(OPTIONAL, Channel.EMAIL): True})
    assert not Preference.objects.exists()


@pytest.mark.parametrize(
    "key", [(NEEDED, Channel.EMAIL), (Kind.CARERS_CHANGED, Channel.EMAIL), (OPTIONAL, Channel.SMS)]
)
def test_what_may_not_be_chosen_stays_as_it_is(key: tuple[Kind, Channel]) -> None:
    user = PersonFactory()
    before = preferences_of(user)[key]
    assert preferences_set(actor=user, wanted={key: not before}) == 0
    assert preferences_of(user)[key] is before


def test_what_is_switched_off_is_withheld_and_stays_a_notice(mailoutbox: list[EmailMultiAlternatives]) -> None:
    user = PersonFactory()
    waits, needed = MessageFactory(user=user, kind=OPTIONAL), MessageFactory(user=user, kind=NEEDED)
    preferences_set(actor=user, wanted=_off(OPTIONAL))
    # A row that nobody could have made changes nothing for what must be known.
    Preference.objects.create(user=user, kind=NEEDED, channel=Channel.EMAIL, is_on=False)
    assert messages_deliver() == 1
    waits.refresh_from_db()
    needed.refresh_from_db()
    assert (waits.status, waits.last_error) == (MessageStatus.WITHHELD, Withheld.SWITCHED_OFF)
    assert (needed.status, waits.read_at) == (MessageStatus.SENT, None)


def test_an_email_that_may_be_off_carries_the_way_to_end_it_with_one_press(
    client: Client, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    message = MessageFactory(kind=OPTIONAL)
    messages_deliver()
    [mail] = mailoutbox
    url = mail.extra_headers["List-Unsubscribe"].strip("<>")
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert url in mail.body
    path = url.removeprefix("http://testserver")

    strict = Client(enforce_csrf_checks=True)
    assert strict.get(path).status_code == 200
    assert not Preference.objects.exists(), "a program that only looks ends nothing"
    answer = strict.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not preferences_of(message.user)[OPTIONAL, Channel.EMAIL]
    strict.post(path)
    assert Preference.objects.count() == 1


@pytest.mark.parametrize("kind", [NEEDED, Kind.CARER_INVITED, Kind.RECORD_OPENED])
def test_an_email_that_one_must_have_carries_none(kind: Kind) -> None:
    mail = mail_of(MessageFactory(kind=kind))
    assert not mail.unsubscribe_url
    assert "No more emails" not in mail.text + mail.html


def test_a_forged_address_ends_nothing_and_a_signed_one_nothing_that_is_needed(client: Client) -> None:
    user = PersonFactory()
    token = make_stop_token(user, OPTIONAL)
    for wrong in (token[:-1], f"x{token}", "nothing"):
        assert client.post(reverse("accounts:stop", args=[wrong])).status_code == 404
    client.post(reverse("accounts:stop", args=[make_stop_token(user, NEEDED)]))
    assert not Preference.objects.exists()


def test_somebody_who_has_said_nothing_costs_what_one_who_has(mailoutbox: list[EmailMultiAlternatives]) -> None:
    MessageFactory(kind=OPTIONAL, user=None, email="nobody@example.org")
    assert messages_deliver() == 1
    assert Message.objects.get().status == MessageStatus.SENT


def test_each_kind_is_told_to_patients_and_doctors_in_their_own_words() -> None:
    theirs = [kind for kind, traits in TRAITS.items() if traits.audience in {Audience.PATIENT, Audience.DOCTOR}]
    assert set(TOLD) == set(theirs)
    assert len(set(TOLD.values())) == len(TOLD)

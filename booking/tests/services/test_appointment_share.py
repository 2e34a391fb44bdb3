from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.states import InvitationState
from accounts.tests.factories import PatientFactory, UserFactory
from audit.models import Event
from booking.models import Appointment, AppointmentShare, AppointmentUserGrant
from booking.policies import can_cancel, can_read_reason, can_share
from booking.selectors import appointment_for, appointments_visible_to, shares_of, shares_offered_to
from booking.services import (
    appointment_cancel,
    appointment_share,
    appointment_unshare,
    share_accept,
    share_decline,
)
from booking.services.share import MOST_SHARES, shares_follow
from booking.states import SHARE_LASTS, Status
from booking.tests.factories import AppointmentFactory, bookable_doctor
from booking.tests.steps import book, can_view, share, user_of
from common import clock
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.permissions import grant
from notifications.models import Message

pytestmark = pytest.mark.django_db

CARER = "carer@example.org"


@pytest.fixture
def appointment() -> Appointment:
    return book(bookable_doctor())


def offer(appointment: Appointment, email: str = CARER) -> AppointmentShare:
    return appointment_share(actor=user_of(appointment.patient), appointment_id=appointment.public_id, email=email)


def unshare(appointment: Appointment, offered: AppointmentShare) -> Appointment:
    return appointment_unshare(
        actor=user_of(appointment.patient), appointment_id=appointment.public_id, share_id=offered.public_id
    )


def test_whoever_says_yes_sees_and_cancels_that_appointment_and_no_other(appointment: Appointment) -> None:
    carer = UserFactory.create(email=CARER)
    book(bookable_doctor(), patient=PatientFactory.create())
    offered = offer(appointment, " Carer@Example.ORG ")
    assert list(shares_offered_to(carer, now=clock.now())) == [offered]
    assert not appointments_visible_to(carer).exists()
    share_accept(actor=carer, share_id=offered.public_id)
    assert not shares_offered_to(carer, now=clock.now()).exists()
    assert list(appointments_visible_to(carer)) == [appointment]
    assert can_view(carer, appointment)
    assert can_cancel(carer, appointment)
    assert not can_share(carer, appointment)
    assert not can_read_reason(carer, appointment)
    cancelled = appointment_cancel(actor=carer, appointment_id=appointment.public_id)
    assert cancelled.status == Status.CANCELLED


def test_each_step_is_an_audit_event(appointment: Appointment) -> None:
    unshare(appointment, share(appointment, UserFactory.create()))
    share_decline(actor=UserFactory.create(email=CARER), share_id=offer(appointment).public_id)
    events = Event.objects.filter(action__contains="share").order_by("pk")
    assert [event.action for event in events] == [
        "appointment.shared",
        "appointment.share_accepted",
        "appointment.unshared",
        "appointment.shared",
        "appointment.share_declined",
    ]
    assert "@" not in "".join(str(event.data) for event in events)


def test_taken_back_the_carer_finds_nothing(appointment: Appointment) -> None:
    carer = UserFactory.create()
    offered = share(appointment, carer)
    for _ in range(2):
        unshare(appointment, offered)
    assert not AppointmentUserGrant.objects.exists()
    assert not appointments_visible_to(carer).exists()
    with pytest.raises(NotFound):
        appointment_for(carer, appointment.public_id)
    with pytest.raises(NotFound):
        appointment_cancel(actor=carer, appointment_id=appointment.public_id)
    with pytest.raises(Conflict):
        share_accept(actor=carer, share_id=offered.public_id)
    assert not AppointmentUserGrant.objects.exists()


def test_offering_twice_writes_once_and_says_yes_twice_grants_once(appointment: Appointment) -> None:
    carer = UserFactory.create(email=CARER)
    assert offer(appointment) == offer(appointment)
    assert Message.objects.filter(kind="share_invited").count() == 1
    for _ in range(2):
        share_accept(actor=carer, share_id=offer(appointment).public_id)
    assert AppointmentUserGrant.objects.count() == 2


def test_an_unknown_an_unproved_and_a_closed_account_are_treated_like_a_known_one(appointment: Appointment) -> None:
    UserFactory.create(email="unproved@example.org", confirmed=False)
    UserFactory.create(email="closed@example.org", is_active=False)
    UserFactory.create(email="known@example.org")
    addresses = [f"{name}@example.org" for name in ("nobody", "unproved", "closed", "known")]
    answers = [offer(appointment, address) for address in addresses]
    assert {(answer.state, answer.user_id) for answer in answers} == {(InvitationState.INVITED, None)}
    assert [one.email for one in shares_of(appointment)] == addresses
    sent = Message.objects.filter(kind="share_invited").order_by("pk")
    assert [message.email for message in sent] == addresses
    # An address may be mistyped: what the appointment is stays here.
    assert {str(message.facts) for message in sent} == {str({"path": reverse("booking:appointment_list")})}
    assert {message.user_id for message in sent} == {None}


def test_only_who_has_proved_the_address_answers(appointment: Appointment) -> None:
    offered = offer(appointment)
    unproved = UserFactory.create(email=CARER, confirmed=False)
    for actor in (unproved, UserFactory.create(), user_of(appointment.patient), user_of(appointment.doctor)):
        assert not shares_offered_to(actor, now=clock.now()).exists()
        for answer in (share_accept, share_decline):
            with pytest.raises(NotFound):
                answer(actor=actor, share_id=offered.public_id)
    assert not AppointmentUserGrant.objects.exists()


def test_no_is_no(appointment: Appointment) -> None:
    carer, offered = UserFactory.create(email=CARER), offer(appointment)
    for _ in range(2):
        share_decline(actor=carer, share_id=offered.public_id)
    assert not shares_of(appointment).exists()
    with pytest.raises(Conflict):
        share_accept(actor=carer, share_id=offered.public_id)
    other = UserFactory.create()
    accepted = share(appointment, other)
    with pytest.raises(Conflict):
        share_decline(actor=other, share_id=accepted.public_id)


def test_not_with_oneself(appointment: Appointment) -> None:
    with pytest.raises(Invalid) as refused:
        offer(appointment, user_of(appointment.patient).email.upper())
    assert "email" in refused.value.fields


def test_only_the_patient_shares_and_takes_back(appointment: Appointment) -> None:
    carer, other = UserFactory.create(), UserFactory.create()
    offered = share(appointment, carer)
    for actor in (carer, user_of(appointment.doctor)):
        with pytest.raises(Forbidden):
            appointment_share(actor=actor, appointment_id=appointment.public_id, email=other.email)
        with pytest.raises(Forbidden):
            appointment_unshare(actor=actor, appointment_id=appointment.public_id, share_id=offered.public_id)
    with pytest.raises(NotFound):
        appointment_share(actor=other, appointment_id=appointment.public_id, email=other.email)
    with pytest.raises(NotFound):
        unshare(appointment, share(book(bookable_doctor()), other))


def test_what_is_over_is_neither_shared_nor_opened(appointment: Appointment) -> None:
    with pytest.raises(Conflict) as refused:
        offer(AppointmentFactory.create(cancelled=True))
    assert refused.value.data == {"current": "cancelled"}
    offered, carer = offer(appointment), UserFactory.create(email=CARER)
    appointment_cancel(actor=user_of(appointment.patient), appointment_id=appointment.public_id)
    assert not shares_offered_to(carer, now=clock.now()).exists()
    with pytest.raises(Conflict):
        share_accept(actor=carer, share_id=offered.public_id)


def test_nobody_can_send_mails_to_any_number_of_addresses(appointment: Appointment) -> None:
    for number in range(MOST_SHARES):
        unshare(appointment, offer(appointment, f"person-{number}@elsewhere.example"))
    with pytest.raises(Conflict) as refused:
        offer(appointment)
    assert refused.value.code == "too_many_shares"


def at(monkeypatch: pytest.MonkeyPatch, instant: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: instant)


def test_two_weeks_after_the_visit_a_share_is_over_with_every_worker_dead(
    appointment: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = UserFactory.create()
    share(appointment, helper)
    moment = timedelta(seconds=1)

    at(monkeypatch, appointment.end + SHARE_LASTS - moment)
    assert can_view(helper, appointment)
    assert appointment_for(helper, appointment.public_id) == appointment
    assert shares_of(appointment).count() == 1

    at(monkeypatch, appointment.end + SHARE_LASTS + moment)
    assert not can_view(helper, appointment)
    assert not can_cancel(helper, appointment)
    assert not appointments_visible_to(helper).exists()
    with pytest.raises(NotFound):
        appointment_for(helper, appointment.public_id)
    with pytest.raises(NotFound):
        appointment_cancel(actor=helper, appointment_id=appointment.public_id)
    assert not shares_of(appointment).exists()
    assert can_view(user_of(appointment.patient), appointment)


def test_the_page_of_a_share_that_is_over_is_as_one_that_is_not_there(
    appointment: Appointment, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    helper = UserFactory.create()
    share(appointment, helper)
    page = f"/appointments/{appointment.public_id}/"
    client.force_login(helper)
    assert client.get(page).status_code == 200

    at(monkeypatch, appointment.end + SHARE_LASTS)
    client.force_login(helper)
    assert client.get(page).status_code == 404
    assert appointment.reference not in client.get("/appointments/past/").content.decode()


def test_a_share_follows_the_visit_to_another_time_and_other_grants_stay(appointment: Appointment) -> None:
    helper, colleague = UserFactory.create(), UserFactory.create()
    share(appointment, helper)
    ends = clock.now() + timedelta(hours=1)
    grant(colleague, "view_appointment", appointment, expires_at=ends)
    appointment.end += timedelta(days=30)

    shares_follow(appointment)

    grants = AppointmentUserGrant.objects
    assert {one.expires_at for one in grants.filter(user=helper)} == {appointment.end + SHARE_LASTS}
    assert grants.get(user=colleague).expires_at == ends

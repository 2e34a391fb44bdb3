from __future__ import annotations

import pytest

from accounts.tests.factories import PatientFactory, UserFactory
from audit.models import Event
from booking.models import Appointment, AppointmentUserGrant
from booking.policies import can_cancel, can_share, can_view
from booking.selectors import appointment_for, appointments_visible_to, carers_of
from booking.services import appointment_cancel, appointment_share, appointment_unshare
from booking.states import Status
from booking.tests.factories import AppointmentFactory, bookable_doctor
from booking.tests.steps import book, told, user_of
from common.errors import Conflict, Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def appointment() -> Appointment:
    return book(bookable_doctor())


def share(appointment: Appointment, email: str) -> Appointment:
    return appointment_share(actor=user_of(appointment.patient), appointment_id=appointment.public_id, email=email)


def test_a_carer_sees_and_cancels_that_appointment_and_no_other(appointment: Appointment) -> None:
    carer = UserFactory.create(email="carer@example.org")
    book(bookable_doctor(), patient=PatientFactory.create())
    share(appointment, " Carer@Example.ORG ")
    assert list(appointments_visible_to(carer)) == [appointment]
    assert list(carers_of(appointment)) == [carer]
    assert told(carer) == ["appointment_shared"]
    assert can_view(carer, appointment)
    assert can_cancel(carer, appointment)
    assert not can_share(carer, appointment)
    cancelled = appointment_cancel(actor=carer, appointment_id=appointment.public_id)
    assert cancelled.status == Status.CANCELLED


def test_sharing_and_taking_back_are_audit_events(appointment: Appointment) -> None:
    carer = UserFactory.create()
    share(appointment, carer.email)
    appointment_unshare(
        actor=user_of(appointment.patient), appointment_id=appointment.public_id, user_id=carer.public_id
    )
    events = Event.objects.filter(action__in=["appointment.shared", "appointment.unshared"]).order_by("pk")
    assert [(event.action, event.data) for event in events] == [
        ("appointment.shared", {"carer": str(carer.public_id)}),
        ("appointment.unshared", {"carer": str(carer.public_id)}),
    ]


def test_taken_back_the_carer_finds_nothing(appointment: Appointment) -> None:
    carer, patient = UserFactory.create(), user_of(appointment.patient)
    share(appointment, carer.email)
    for _ in range(2):
        appointment_unshare(actor=patient, appointment_id=appointment.public_id, user_id=carer.public_id)
    assert not AppointmentUserGrant.objects.exists()
    assert not appointments_visible_to(carer).exists()
    with pytest.raises(NotFound):
        appointment_for(carer, appointment.public_id)
    with pytest.raises(NotFound):
        appointment_cancel(actor=carer, appointment_id=appointment.public_id)


def test_sharing_twice_tells_once(appointment: Appointment) -> None:
    carer = UserFactory.create()
    share(appointment, carer.email)
    share(appointment, carer.email)
    assert told(carer) == ["appointment_shared"]
    assert AppointmentUserGrant.objects.count() == 2


def test_an_unknown_an_unproved_and_a_closed_account_are_answered_like_a_known_one(appointment: Appointment) -> None:
    UserFactory.create(email="unproved@example.org", confirmed=False)
    UserFactory.create(email="closed@example.org", is_active=False)
    UserFactory.create(email="known@example.org")
    answers = [share(appointment, f"{name}@example.org") for name in ("nobody", "unproved", "closed", "known")]
    assert {answer.pk for answer in answers} == {appointment.pk}
    assert [carer.email for carer in carers_of(appointment)] == ["known@example.org"]


def test_not_with_oneself(appointment: Appointment) -> None:
    with pytest.raises(Invalid) as refused:
        share(appointment, user_of(appointment.patient).email.upper())
    assert "email" in refused.value.fields


def test_only_the_patient_shares_and_takes_back(appointment: Appointment) -> None:
    carer, other = UserFactory.create(), UserFactory.create()
    share(appointment, carer.email)
    for actor in (carer, user_of(appointment.doctor)):
        with pytest.raises(Forbidden):
            appointment_share(actor=actor, appointment_id=appointment.public_id, email=other.email)
        with pytest.raises(Forbidden):
            appointment_unshare(actor=actor, appointment_id=appointment.public_id, user_id=carer.public_id)
    with pytest.raises(NotFound):
        appointment_share(actor=other, appointment_id=appointment.public_id, email=other.email)


def test_what_is_over_cannot_be_shared() -> None:
    appointment = AppointmentFactory.create(cancelled=True)
    with pytest.raises(Conflict) as refused:
        share(appointment, UserFactory.create().email)
    assert refused.value.data == {"current": "cancelled"}

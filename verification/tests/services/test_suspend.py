"""What a suspension does to those who had booked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.roles import Role
from audit.models import Event
from booking.models import Appointment
from booking.services import appointments_cancel_by_clinic
from booking.states import CancelReason
from booking.states import Status as Visit
from booking.tests.factories import AppointmentFactory, next_slot_start
from booking.tests.steps import cancelled_by
from common import clock
from common.errors import Conflict, Forbidden
from doctors.models import Doctor
from doctors.states import BARRED
from notifications.models import Message
from verification import services
from verification.models import VerificationCase
from verification.states import Status
from verification.tests.factories import case_in, officer, person
from verification.tests.steps import own_case
from verification.tests.views.desk import case_path, page_of

pytestmark = pytest.mark.django_db


def suspended_with(count: int) -> tuple[Any, list[Appointment]]:
    _, case = own_case(Status.SUSPENDED)
    start = next_slot_start()
    return case.doctor, [
        AppointmentFactory.create(doctor=case.doctor, start=start + timedelta(hours=number)) for number in range(count)
    ]


def test_a_superuser_who_suspends_cancels_too() -> None:
    root = person()
    root.is_superuser = True
    root.save(update_fields=["is_superuser"])
    doctor, _ = suspended_with(1)

    assert cancelled_by(services.barred_appointments_cancel(actor=root, doctor_id=doctor.public_id)) == 1


def test_all_that_is_to_come_is_cancelled_by_the_clinic_and_each_patient_told() -> None:
    actor = officer()
    doctor, appointments = suspended_with(3)
    past = AppointmentFactory.create(doctor=doctor, start=clock.now() - timedelta(days=2))
    elsewhere = AppointmentFactory.create()

    assert cancelled_by(services.barred_appointments_cancel(actor=actor, doctor_id=doctor.public_id)) == 3
    assert cancelled_by(services.barred_appointments_cancel(actor=actor, doctor_id=doctor.public_id)) == 0

    for appointment in appointments:
        appointment.refresh_from_db()
        assert (appointment.status, appointment.cancel_reason) == (Visit.CANCELLED, CancelReason.CLINIC)
        [message] = Message.objects.filter(user=appointment.patient.user)
        assert (message.kind, message.facts["reference"]) == ("appointment_cancelled", appointment.reference)
    assert not Message.objects.filter(user=doctor.user).exists()
    for untouched in (past, elsewhere):
        untouched.refresh_from_db()
        assert untouched.status == Visit.BOOKED
    assert Event.objects.filter(action="appointment.cancelled", actor_id=actor.public_id).count() == 3


@pytest.mark.parametrize("is_submitted", [False, True])
def test_a_doctor_whose_approval_ran_out_is_suspended_also_while_they_renew_it(*, is_submitted: bool) -> None:
    desk = officer()
    actor, old = own_case(Status.EXPIRED, ready=True)
    renewal = services.case_renew(actor=actor, case_id=old.public_id)
    if is_submitted:
        VerificationCase.objects.filter(pk=renewal.pk).update(status=Status.PENDING, submitted_at=clock.now())
    AppointmentFactory.create(doctor=old.doctor, start=next_slot_start())
    assert case_path(renewal, "suspend") in page_of(desk, renewal)

    suspended = services.doctor_suspend(actor=desk, doctor_id=old.doctor.public_id, reason="A concern.")

    assert suspended == renewal
    doctor = Doctor.objects.get(pk=old.doctor_id)
    assert (doctor.verification_status, doctor.is_barred) == (Status.SUSPENDED, True)
    assert cancelled_by(services.barred_appointments_cancel(actor=desk, doctor_id=doctor.public_id)) == 1
    for again in (services.case_submit, services.case_renew):
        with pytest.raises(Conflict) as refused:
            again(actor=actor, case_id=renewal.public_id)
        assert refused.value.code == "illegal_transition"
    assert services.case_reopen(actor=desk, case_id=renewal.public_id).status == Status.PENDING


def test_what_is_taken_up_again_after_a_suspension_has_nothing_more_to_take_away() -> None:
    desk = officer()
    _, old = own_case(Status.SUSPENDED, ready=True)
    renewed = services.case_reopen(actor=desk, case_id=old.public_id)
    assert case_path(renewed, "suspend") not in page_of(desk, renewed)
    with pytest.raises(Conflict):
        services.doctor_suspend(actor=desk, doctor_id=old.doctor.public_id, reason="A concern.")


def test_some_are_cancelled_where_some_are_named_and_nobody_elses() -> None:
    doctor, [first, second] = suspended_with(2)
    elsewhere = AppointmentFactory.create()
    named = [first.public_id, elsewhere.public_id]

    assert (
        cancelled_by(
            services.barred_appointments_cancel(actor=officer(), doctor_id=doctor.public_id, appointment_ids=named)
        )
        == 1
    )

    for untouched in (second, elsewhere):
        untouched.refresh_from_db()
        assert untouched.status == Visit.BOOKED


def test_so_they_are_after_a_rejected_renewal_and_while_it_is_taken_up_again() -> None:
    """The doctor was verified once, so patients have booked; the officer need not suspend them to tell these."""
    desk = officer()
    actor, old = own_case(Status.EXPIRED, ready=True)
    visits = [AppointmentFactory.create(doctor=old.doctor, start=next_slot_start(days)) for days in (1, 2)]
    renewal = services.case_renew(actor=actor, case_id=old.public_id)
    VerificationCase.objects.filter(pk=renewal.pk).update(status=Status.PENDING, submitted_at=clock.now())
    services.case_claim(actor=desk, case_id=renewal.public_id)
    assert case_path(renewal, "cancel_appointments") not in page_of(desk, renewal)
    services.case_reject(actor=desk, case_id=renewal.public_id, reason="No cover.")
    assert case_path(renewal, "cancel_appointments") in page_of(desk, renewal)

    services.barred_appointments_cancel(
        actor=desk, doctor_id=old.doctor.public_id, appointment_ids=[visits[0].public_id]
    )
    again = services.case_reopen(actor=desk, case_id=renewal.public_id)
    assert case_path(again, "cancel_appointments") in page_of(desk, again)
    assert case_path(renewal, "cancel_appointments") not in page_of(desk, renewal)

    assert cancelled_by(services.barred_appointments_cancel(actor=desk, doctor_id=old.doctor.public_id)) == 1


@pytest.mark.parametrize("status", [status for status in Status if status not in BARRED])
def test_the_appointments_of_whoever_may_work_here_are_not_cancelled_this_way(status: Status) -> None:
    case = case_in(status)

    with pytest.raises(Conflict) as refusal:
        services.barred_appointments_cancel(actor=officer(), doctor_id=case.doctor.public_id)
    assert (refusal.value.code, refusal.value.data) == ("not_barred", {"current": status.value})


@pytest.mark.parametrize("role", [Role.PATIENT, Role.DOCTOR, Role.CONTENT_EDITOR, Role.CLINIC_STAFF])
def test_bookings_own_service_asks_who_comes(role: Role) -> None:
    doctor, _ = suspended_with(1)

    with pytest.raises(Forbidden):
        appointments_cancel_by_clinic(
            actor=person(role), doctor_id=doctor.public_id, appointment_ids=None, now=clock.now()
        )

"""A doctor who was suspended or rejected, or lost the role, has nothing to do with patients any more.

One whose credential ran out has.
"""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from accounts.services import role_revoke
from accounts.tests.factories import UserFactory
from booking import policies, selectors, services
from booking.models import Appointment
from booking.tests.factories import AppointmentFactory, bookable_doctor
from booking.tests.steps import can_view
from common import clock
from common.errors import NotFound
from doctors.models import Doctor
from doctors.states import BARRED, VerificationStatus

pytestmark = pytest.mark.django_db

BACKEND = "accounts.backends.AccountBackend"
PAGES = ("booking:day", "booking:availability")


def a_request(status: VerificationStatus) -> tuple[User, Appointment]:
    """A request that waits for a doctor who stands so."""
    doctor = bookable_doctor(doctor={"user": UserFactory.create(roles=[Role.DOCTOR])})
    assert doctor.user
    request = AppointmentFactory.create(doctor=doctor, requested=True)
    Doctor.objects.filter(pk=doctor.pk).update(verification_status=status, is_barred=status in BARRED)
    return doctor.user, Appointment.objects.select_related("doctor", "patient").get(pk=request.pk)


@pytest.mark.parametrize("status", list(VerificationStatus))
def test_diary_and_appointments_are_open_but_to_the_barred(status: VerificationStatus) -> None:
    user, appointment = a_request(status)
    works = status not in BARRED

    assert can_view(user, appointment) is works
    assert policies.can_answer(user, appointment) is works
    assert policies.can_cancel(user, appointment) is works
    assert policies.can_read_reason(user, appointment) is works
    assert policies.can_manage_availability(user, appointment.doctor) is works
    assert selectors.appointments_visible_to(user).exists() is works
    assert selectors.requests_of_doctor(user, now=clock.now(), limit=5).exists() is works


def test_a_doctor_whose_role_was_taken_reads_and_does_nothing() -> None:
    user, appointment = a_request(VerificationStatus.VERIFIED)
    assert selectors.appointments_visible_to(user).exists()
    role_revoke(actor=None, user_id=user.public_id, role=Role.DOCTOR)
    user = User.objects.get(pk=user.pk)

    for may in (can_view, policies.can_answer, policies.can_cancel, policies.can_read_reason):
        assert not may(user, appointment)
    assert not policies.can_manage_availability(user, appointment.doctor)
    assert not selectors.appointments_visible_to(user).exists()
    with pytest.raises(NotFound):
        services.appointment_cancel(actor=user, appointment_id=appointment.public_id)


@pytest.mark.parametrize("status", sorted(BARRED))
def test_a_barred_doctor_is_refused_by_the_services(status: VerificationStatus) -> None:
    user, appointment = a_request(status)

    for act in (services.appointment_approve, services.appointment_reject, services.appointment_cancel):
        with pytest.raises(NotFound):
            act(actor=user, appointment_id=appointment.public_id)
    appointment.refresh_from_db()
    assert appointment.status == "pending"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("status", sorted(BARRED))
def test_a_barred_doctors_pages_say_so_and_lead_to_the_verification(
    client: Client, status: VerificationStatus, page: str
) -> None:
    user, _ = a_request(status)
    client.force_login(user, backend=BACKEND)

    answer = client.get(reverse(page))

    assert answer.status_code == 403
    assert "Your verification does not stand at the moment" in answer.content.decode()
    assert f'href="{reverse("credentials:tasks")}"' in answer.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_an_expired_doctors_pages_stay_open(client: Client, page: str) -> None:
    user, _ = a_request(VerificationStatus.EXPIRED)
    client.force_login(user, backend=BACKEND)

    assert client.get(reverse(page)).status_code == 200

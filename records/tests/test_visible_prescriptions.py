"""Who reads a prescription and allergies (docs/decisions/0023): a list, one object and a permission say the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from booking.tests.factories import bookable_doctor
from booking.tests.steps import at_the_desk_of, user_of
from common import clock
from common.permissions import grant, is_guarded
from records.models import Prescription
from records.selectors import allergies_visible_to, prescriptions_visible_to
from records.tests.prescribing import allergic, bar, rx_draft, rx_sign, rx_signed
from records.tests.steps import visit

pytestmark = pytest.mark.django_db


def reads(user: User | AnonymousUser, prescription: Prescription) -> bool:
    """What the list says; the permission on the object says the same."""
    fresh = User.objects.get(pk=user.pk) if isinstance(user, User) else user
    found = Prescription.objects.get(pk=prescription.pk)
    listed = found in prescriptions_visible_to(fresh)
    assert fresh.has_perm("records.view_prescription", found) is listed
    return listed


def test_a_draft_is_its_doctors_alone_and_what_is_signed_the_patients_too() -> None:
    assert is_guarded(Prescription)
    draft = rx_draft()
    colleague = user_of(visit(patient=draft.patient).doctor)
    assert reads(user_of(draft.doctor), draft)
    for person in (user_of(draft.patient), colleague):
        assert not reads(person, draft)
    signed = rx_sign(draft)
    for person in (user_of(draft.patient), user_of(draft.doctor), colleague):
        assert reads(person, signed)
    for stranger in (user_of(PatientFactory.create()), user_of(bookable_doctor())):
        assert not reads(stranger, signed)


def test_a_suspension_closes_them_at_once_and_the_allergies_too() -> None:
    prescription = rx_signed()
    allergic(prescription.patient, "Latex")
    doctors = [prescription.doctor, visit(patient=prescription.patient).doctor]
    for doctor in doctors:
        assert allergies_visible_to(user_of(doctor), prescription.patient).exists()
        bar(doctor)
        assert not reads(user_of(doctor), prescription)
        assert not allergies_visible_to(User.objects.get(pk=user_of(doctor).pk), prescription.patient).exists()


def test_a_grant_opens_one_until_it_ends() -> None:
    prescription, other, helper = rx_signed(), rx_signed(), user_of(bookable_doctor())
    grant(helper, "view_prescription", prescription, expires_at=clock.now() + timedelta(hours=1))
    assert reads(helper, prescription)
    assert not reads(helper, other)
    grant(helper, "view_prescription", prescription, expires_at=clock.now() - timedelta(hours=1))
    assert not reads(helper, prescription)


def test_neither_office_nor_desk_nor_carer_nor_superuser_nor_a_model_permission_opens_one() -> None:
    prescription = rx_signed()
    allergic(prescription.patient, "Latex")
    assert prescription.appointment
    permitted = UserFactory.create()
    permitted.user_permissions.add(*Permission.objects.filter(content_type__app_label="records"))
    people: list[User] = [
        at_the_desk_of(prescription.appointment.location),
        CarerFactory.create(patient=prescription.patient).user,
        UserFactory.create(is_superuser=True, is_staff=True),
        permitted,
        *(UserFactory.create(roles=[role]) for role in Role),
    ]
    for person in people:
        assert not reads(person, prescription), person
        assert not allergies_visible_to(person, prescription.patient).exists()
    assert not reads(AnonymousUser(), prescription)


def test_reading_gives_no_right_to_write() -> None:
    prescription = rx_signed()
    for person in (user_of(prescription.patient), user_of(visit(patient=prescription.patient).doctor)):
        for codename in ("change_prescription", "sign_prescription", "delete_prescription"):
            assert not person.has_perm(f"records.{codename}", prescription)


def test_a_list_costs_the_same_however_long_it_is() -> None:
    patient = PatientFactory.create()
    counts = []
    for _ in range(2):
        for _ in range(2):
            rx_sign(rx_draft(visit(patient=patient)), warnings_seen=True)
        user = User.objects.get(pk=user_of(patient).pk)
        with CaptureQueriesContext(connection) as caught:
            for prescription in prescriptions_visible_to(user):
                assert prescription.doctor.name
                assert prescription.status_now
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 6

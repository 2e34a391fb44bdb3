"""Ownership is a fact, everything else is a grant (docs/decisions/0002), on the first guarded model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from guardian.models import GroupObjectPermission, UserObjectPermission
from guardian.shortcuts import assign_perm

from accounts.backends import AccountBackend
from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from booking.models import Appointment, AppointmentGroupGrant, AppointmentUserGrant
from booking.tests.factories import AppointmentFactory
from common import clock
from common.permissions import grant, guard, is_guarded, revoke
from doctors.models import Doctor
from doctors.tests.factories import DoctorFactory

pytestmark = pytest.mark.django_db
VIEW, CANCEL = "booking.view_appointment", "booking.cancel_appointment"


@pytest.fixture
def appointment() -> Appointment:
    return AppointmentFactory()


@pytest.fixture
def stranger() -> User:
    return UserFactory()


def test_the_appointment_is_guarded() -> None:
    assert is_guarded(Appointment)


def test_its_owners_need_no_row(appointment: Appointment) -> None:
    appointment.doctor.user = UserFactory(roles=[Role.DOCTOR])
    for owner in (appointment.patient.user, appointment.doctor.user):
        assert owner
        assert owner.has_perm(VIEW, appointment)
    assert not AppointmentUserGrant.objects.exists()


def test_an_owner_who_is_not_active_has_no_right(appointment: Appointment) -> None:
    owner = appointment.patient.user
    assert owner
    owner.is_active = False
    assert not owner.has_perm(VIEW, appointment)


@pytest.mark.parametrize("permission", [VIEW, CANCEL, "booking.delete_appointment", "booking.change_appointment"])
def test_a_stranger_and_a_visitor_have_no_right(appointment: Appointment, stranger: User, permission: str) -> None:
    assert not stranger.has_perm(permission, appointment)
    assert not AnonymousUser().has_perm(permission, appointment)


@pytest.mark.parametrize("role", list(Role))
def test_no_role_opens_an_appointment(appointment: Appointment, stranger: User, role: Role) -> None:
    stranger.groups.add(Group.objects.get(name=role))
    assert not stranger.has_perm(VIEW, appointment)


def test_a_model_permission_opens_no_appointment(appointment: Appointment, stranger: User) -> None:
    stranger.user_permissions.add(*Permission.objects.filter(content_type__app_label="booking"))
    assert not stranger.has_perm(VIEW, appointment)


def test_a_grant_opens_one_thing_on_one_object_and_nothing_else(appointment: Appointment, stranger: User) -> None:
    grant(stranger, "view_appointment", appointment)
    assert stranger.has_perm(VIEW, appointment)
    assert stranger.has_perm("view_appointment", appointment)
    assert not stranger.has_perm(CANCEL, appointment)
    assert not stranger.has_perm(VIEW, AppointmentFactory())
    assert not UserFactory().has_perm(VIEW, appointment)
    assert stranger.get_all_permissions(appointment) == {"view_appointment"}


def test_a_grant_that_is_taken_back_is_gone_at_once(appointment: Appointment, stranger: User) -> None:
    grant(stranger, "view_appointment", appointment)
    assert revoke(stranger, "view_appointment", appointment)
    assert not stranger.has_perm(VIEW, appointment)
    assert not revoke(stranger, "view_appointment", appointment)


def test_a_grant_ends_by_itself_with_every_worker_dead(
    appointment: Appointment, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = datetime(2027, 3, 3, 12, 0, tzinfo=UTC)
    grant(stranger, "view_appointment", appointment, expires_at=ends)
    for now, allowed in ((ends - timedelta(microseconds=1), True), (ends, False)):
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        assert stranger.has_perm(VIEW, appointment) is allowed
        assert bool(stranger.get_all_permissions(appointment)) is allowed


def test_granting_again_replaces_the_end(appointment: Appointment, stranger: User) -> None:
    grant(stranger, "view_appointment", appointment, expires_at=clock.now() - timedelta(days=1))
    grant(stranger, "view_appointment", appointment)
    assert stranger.has_perm(VIEW, appointment)
    assert AppointmentUserGrant.objects.count() == 1


def test_an_inactive_person_uses_no_grant(appointment: Appointment, stranger: User) -> None:
    grant(stranger, "view_appointment", appointment)
    stranger.is_active = False
    assert not stranger.has_perm(VIEW, appointment)


def test_another_apps_permission_of_the_same_name_opens_nothing(appointment: Appointment, stranger: User) -> None:
    grant(stranger, "view_appointment", appointment)
    owner = appointment.patient.user
    assert owner
    for person in (stranger, owner):
        assert not person.has_perm("doctors.view_appointment", appointment)


def test_an_owner_has_no_permission_that_does_not_exist(appointment: Appointment) -> None:
    owner = appointment.patient.user
    assert owner
    assert not owner.has_perm("booking.anything", appointment)


def test_the_database_refuses_a_groups_grant(appointment: Appointment) -> None:
    readers = Group.objects.create(name="Readers")
    permission = Permission.objects.get(codename="view_appointment")
    row = AppointmentGroupGrant(group=readers, permission=permission, content_object=appointment)
    attempts: list[Any] = [
        lambda: assign_perm(VIEW, readers, appointment),
        row.save,
        lambda: AppointmentGroupGrant.objects.bulk_create([row]),
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError, match="refused"), transaction.atomic():
            attempt()
    assert not GroupObjectPermission.objects.exists()


def test_guardians_generic_rows_open_nothing(stranger: User) -> None:
    doctor = DoctorFactory()
    assign_perm("doctors.change_doctor", stranger, doctor)
    assert UserObjectPermission.objects.exists()
    assert not stranger.has_perm("doctors.change_doctor", doctor)


def test_what_is_not_guarded_can_be_neither_granted_nor_guarded_without_its_tables(stranger: User) -> None:
    with pytest.raises(ImproperlyConfigured):
        grant(stranger, "change_doctor", DoctorFactory())
    with pytest.raises(ImproperlyConfigured):
        guard(Doctor, owns=lambda *_: True)
    assert not is_guarded(Doctor)


def test_one_check_costs_a_statement_for_the_carers_and_one_for_the_grant(
    appointment: Appointment, stranger: User, django_assert_max_num_queries: Any
) -> None:
    grant(stranger, "view_appointment", appointment)
    fresh = Appointment.objects.select_related("patient", "doctor").get(pk=appointment.pk)
    person = AccountBackend().get_user(stranger.pk)
    assert person
    with django_assert_max_num_queries(2):
        assert person.has_perm(VIEW, fresh)

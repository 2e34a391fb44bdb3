"""Who reads a visit note (docs/decisions/0020): a list, one object and a permission say the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from booking.states import Status as VisitStatus
from booking.tests.factories import bookable_doctor
from booking.tests.steps import at_the_desk_of, user_of
from common import clock
from common.permissions import grant, is_guarded
from doctors.models import Doctor
from records.models import RecordsSettings, VisitNote
from records.selectors import notes_of, notes_visible_to
from records.tests.steps import amended, draft, signed, visit

pytestmark = pytest.mark.django_db
VIEW = "records.view_visitnote"


def reads(user: User | AnonymousUser, note: VisitNote) -> bool:
    """What the list says; the permission on the object says the same."""
    fresh = User.objects.get(pk=user.pk) if isinstance(user, User) else user
    note = VisitNote.objects.get(pk=note.pk)
    listed = note in notes_visible_to(fresh)
    assert fresh.has_perm(VIEW, note) is listed
    return listed


def test_a_note_is_guarded() -> None:
    assert is_guarded(VisitNote)


def test_a_draft_is_its_doctors_alone() -> None:
    note = draft()
    colleague = visit(patient=note.patient).doctor
    assert reads(user_of(note.doctor), note)
    assert not reads(user_of(note.patient), note)
    assert not reads(user_of(colleague), note)


def test_what_is_signed_is_the_patients_too() -> None:
    note = signed()
    assert reads(user_of(note.patient), note)
    assert not reads(user_of(PatientFactory.create()), note)


def test_the_patient_waits_for_the_day_of_release(monkeypatch: pytest.MonkeyPatch) -> None:
    day = clock.clinic_day(clock.now()) + timedelta(days=3)
    note, opens = signed(release_on=day), clock.start_of_day(day, clock.clinic_zone())
    for now, allowed in ((opens - timedelta(seconds=1), False), (opens, True)):
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        assert reads(user_of(note.patient), note) is allowed
    assert reads(user_of(note.doctor), note)


@pytest.mark.parametrize(
    ("days", "status", "allowed"),
    [
        (-89, VisitStatus.FULFILLED, True),
        (-91, VisitStatus.FULFILLED, False),
        (13, VisitStatus.BOOKED, True),
        (15, VisitStatus.BOOKED, False),
        (-1, VisitStatus.NOSHOW, False),
    ],
)
def test_a_doctor_who_sees_the_patient_about_now_reads_what_colleagues_signed(
    days: int,
    status: VisitStatus,
    allowed: bool,  # noqa: FBT001
) -> None:
    note = signed()
    colleague = bookable_doctor()
    assert not reads(user_of(colleague), note)
    visit(colleague, note.patient, start=clock.now() + timedelta(days=days), status=status)
    assert reads(user_of(colleague), note) is allowed


def test_the_window_is_the_settings() -> None:
    note = signed()
    colleague = visit(patient=note.patient, start=clock.now() - timedelta(days=10)).doctor
    assert reads(user_of(colleague), note)
    RecordsSettings.objects.create(treating_days_after=9)
    assert not reads(user_of(colleague), note)


def test_a_suspension_closes_them_at_once() -> None:
    note = signed()
    colleague = visit(patient=note.patient).doctor
    Doctor.objects.filter(pk__in=[note.doctor_id, colleague.pk]).update(is_barred=True)
    for doctor in (note.doctor, colleague):
        assert not reads(user_of(doctor), note)


def test_a_doctor_who_lost_the_role_reads_nothing() -> None:
    note = signed()
    user_of(note.doctor).groups.clear()
    assert not reads(user_of(note.doctor), note)


def test_a_grant_opens_one_note_until_it_ends() -> None:
    note, other, helper = signed(), signed(), user_of(bookable_doctor())
    grant(helper, "view_visitnote", note, expires_at=clock.now() + timedelta(hours=1))
    assert reads(helper, note)
    assert not reads(helper, other)
    grant(helper, "view_visitnote", note, expires_at=clock.now() - timedelta(hours=1))
    assert not reads(helper, note)


@pytest.mark.parametrize("role", list(Role))
def test_no_office_opens_a_note(role: Role) -> None:
    assert not reads(UserFactory.create(roles=[role]), signed())


def test_neither_desk_nor_carer_nor_superuser_nor_a_model_permission_opens_a_note() -> None:
    note = signed()
    desk = at_the_desk_of(note.appointment.location)
    carer = CarerFactory.create(patient=note.patient).user
    powerful = UserFactory.create(is_superuser=True, is_staff=True)
    permitted = UserFactory.create()
    permitted.user_permissions.add(*Permission.objects.filter(content_type__app_label="records"))
    for person in (desk, carer, powerful, permitted, AnonymousUser()):
        assert not reads(person, note), person


def test_reading_gives_no_right_to_write() -> None:
    note = signed()
    colleague = user_of(visit(patient=note.patient).doctor)
    for person in (user_of(note.patient), colleague):
        for codename in ("change_visitnote", "sign_visitnote", "second_visitnote", "delete_visitnote"):
            assert not person.has_perm(f"records.{codename}", note)


def test_the_record_is_the_patients_own_by_pages() -> None:
    patient = PatientFactory.create()
    notes = [signed(visit(patient=patient)) for _ in range(5)]
    amended(notes[0])
    draft(visit(patient=patient))
    signed()
    user = user_of(patient)
    first = notes_of(user, size=3)
    assert first.rows == notes[:1:-1]
    second = notes_of(user, size=3, before=first.rows[-1].public_id)
    assert second.rows == notes[1::-1]
    assert (second.has_previous, second.has_next) == (True, False)
    assert notes_of(user, size=3, after=second.rows[0].public_id).rows == first.rows


def test_a_list_costs_the_same_however_long_it_is() -> None:
    patient = PatientFactory.create()
    counts = []
    for _ in range(2):
        for _ in range(2):
            signed(visit(patient=patient))
        user = User.objects.get(pk=user_of(patient).pk)
        with CaptureQueriesContext(connection) as caught:
            for note in notes_visible_to(user):
                assert note.doctor.name
                assert note.appointment.location.zone
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 6

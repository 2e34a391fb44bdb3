"""Sharing a record or one thing in it: what it opens to whom, until when, and how it ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Patient, User
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from audit.models import Event
from booking.tests.factories import bookable_doctor
from booking.tests.steps import told, user_of
from common import clock
from common.errors import Conflict, Forbidden, Invalid, NotFound
from doctors.models import Doctor
from doctors.states import VerificationStatus
from doctors.tests.factories import DoctorFactory
from notifications.models import Message
from records.models import HealthRecord, HealthRecordUserGrant, RecordShare, RecordsSettings, VisitNote
from records.selectors import notes_visible_to, patient_open_to, shares_given_by, shares_of, shares_with
from records.services import note_error_answer, record_share, record_unshare
from records.shareable import SHAREABLE
from records.states import ShareKind
from records.tests.steps import asked, author, draft, signed, visit
from records.tests.test_visible import reads

pytestmark = pytest.mark.django_db


def share(patient: Patient, doctor: Doctor, **more: Any) -> RecordShare:
    return record_share(actor=user_of(patient), doctor_id=doctor.public_id, **more)


def share_note(note: VisitNote, doctor: Doctor, actor: User | None = None, **more: Any) -> RecordShare:
    actor = actor or user_of(note.patient)
    return record_share(actor=actor, doctor_id=doctor.public_id, kind=ShareKind.NOTE, object_id=note.public_id, **more)


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def opens(patient: Patient, doctor: Doctor) -> bool:
    """Whether the doctor gets the patient's record as a whole."""
    try:
        return patient_open_to(User.objects.get(pk=user_of(doctor).pk), patient.public_id) == patient
    except NotFound:
        return False


def test_the_whole_record_opens_what_is_signed_also_tomorrow_and_closes_when_it_is_taken_back() -> None:
    first, doctor = signed(), bookable_doctor()
    patient = first.patient
    assert not reads(user_of(doctor), first)
    made = share(patient, doctor)
    later, unsigned = signed(visit(patient=patient)), draft(visit(patient=patient))
    assert reads(user_of(doctor), first)
    assert reads(user_of(doctor), later)
    assert not reads(user_of(doctor), unsigned)
    assert not reads(user_of(doctor), signed())
    assert opens(patient, doctor)
    record_unshare(actor=user_of(patient), share_id=made.public_id)
    assert not reads(user_of(doctor), first)
    assert not opens(patient, doctor)
    assert not HealthRecordUserGrant.objects.exists()


def test_one_note_opens_that_note_alone() -> None:
    note, doctor = signed(), bookable_doctor()
    other = signed(visit(patient=note.patient))
    made = share_note(note, doctor)
    assert reads(user_of(doctor), note)
    assert not reads(user_of(doctor), other)
    assert not opens(note.patient, doctor)
    record_unshare(actor=user_of(note.patient), share_id=made.public_id)
    assert not reads(user_of(doctor), note)


@pytest.mark.parametrize("kind", [ShareKind.RECORD, ShareKind.NOTE])
def test_it_ends_after_its_last_day_with_every_worker_dead(monkeypatch: pytest.MonkeyPatch, kind: ShareKind) -> None:
    note, doctor = signed(), bookable_doctor()
    until = clock.clinic_day(clock.now()) + timedelta(days=3)
    made = share_note(note, doctor, until=until) if kind == ShareKind.NOTE else share(note.patient, doctor, until=until)
    assert made.expires_at == clock.end_of_day(until, clock.clinic_zone())
    at(monkeypatch, made.expires_at - timedelta(seconds=1))
    assert reads(user_of(doctor), note)
    assert list(shares_of(note.patient, now=clock.now())) == [made]
    at(monkeypatch, made.expires_at)
    assert not reads(user_of(doctor), note)
    assert not shares_of(note.patient, now=clock.now())
    assert not shares_with(user_of(doctor), now=clock.now())


def test_without_a_day_it_lasts_as_the_settings_say_and_never_longer_than_they_allow() -> None:
    patient, doctor, today = PatientFactory.create(), bookable_doctor(), clock.clinic_day(clock.now())
    assert clock.last_day(share(patient, doctor).expires_at) == today + timedelta(days=30)
    RecordsSettings.objects.create(share_days=7, share_days_most=60)
    assert clock.last_day(share(patient, bookable_doctor()).expires_at) == today + timedelta(days=7)
    for until in (today - timedelta(days=1), today + timedelta(days=61)):
        with pytest.raises(Invalid) as refused:
            share(patient, doctor, until=until)
        assert list(refused.value.fields) == ["until"]


def test_no_more_days_are_offered_than_a_share_may_last() -> None:
    with pytest.raises(ValidationError) as refused:
        RecordsSettings(share_days=61, share_days_most=60).full_clean()
    assert list(refused.value.message_dict) == ["share_days"]
    with pytest.raises(IntegrityError), transaction.atomic():
        RecordsSettings.objects.create(share_days=61, share_days_most=60)


def test_sharing_again_extends_and_never_shortens(monkeypatch: pytest.MonkeyPatch) -> None:
    patient, doctor, today = PatientFactory.create(), bookable_doctor(), clock.clinic_day(clock.now())
    first = share(patient, doctor, until=today + timedelta(days=10))
    again = share(patient, doctor, until=today + timedelta(days=20))
    assert (again.pk, clock.last_day(again.expires_at)) == (first.pk, today + timedelta(days=20))
    assert share(patient, doctor, until=today + timedelta(days=5)).expires_at == again.expires_at
    grant = HealthRecordUserGrant.objects.get()
    assert grant.expires_at == again.expires_at
    at(monkeypatch, again.expires_at + timedelta(days=1))
    anew = share(patient, doctor)
    assert anew.pk != first.pk
    assert RecordShare.objects.get(pk=first.pk).ended_at == again.expires_at
    assert opens(patient, doctor)


def test_a_suspended_doctor_reads_nothing_by_a_share_and_a_reinstated_one_again() -> None:
    note, doctor = signed(), bookable_doctor()
    share(note.patient, doctor)
    Doctor.objects.filter(pk=doctor.pk).update(is_barred=True)
    assert not reads(user_of(doctor), note)
    assert not opens(note.patient, doctor)
    assert not shares_with(user_of(doctor), now=clock.now())
    Doctor.objects.filter(pk=doctor.pk).update(is_barred=False)
    assert reads(user_of(doctor), note)


def test_a_doctor_who_lost_the_role_reads_nothing_by_a_share() -> None:
    note, doctor = signed(), bookable_doctor()
    share(note.patient, doctor)
    user_of(doctor).groups.clear()
    assert not reads(user_of(doctor), note)


def test_a_share_of_one_note_ends_with_the_role_too() -> None:
    note, doctor = signed(), bookable_doctor()
    share_note(note, doctor)
    assert note in notes_visible_to(user_of(doctor))
    user_of(doctor).groups.clear()
    assert note not in notes_visible_to(User.objects.get(pk=user_of(doctor).pk))


def test_who_shares_their_whole_record_shares_no_note_before_its_day() -> None:
    later, doctor = signed(release_on=clock.clinic_day(clock.now()) + timedelta(days=7)), bookable_doctor()
    share(later.patient, doctor)
    assert later not in notes_visible_to(user_of(doctor))
    visit(doctor, later.patient, start=clock.now() - timedelta(days=1))
    assert later in notes_visible_to(user_of(doctor))


@pytest.mark.parametrize("status", [one for one in VerificationStatus if one != VerificationStatus.VERIFIED])
def test_only_a_verified_doctor_can_be_chosen(status: VerificationStatus) -> None:
    doctor = bookable_doctor()
    Doctor.objects.filter(pk=doctor.pk).update(verification_status=status)
    with pytest.raises(Invalid):
        share(PatientFactory.create(), doctor)
    assert not RecordShare.objects.exists()


def test_neither_oneself_nor_a_doctor_without_an_account_can_be_chosen() -> None:
    doctor = bookable_doctor()
    own = PatientFactory.create(user=doctor.user)
    for recipient in (doctor, DoctorFactory.create(listed=True, user=None)):
        with pytest.raises(Invalid):
            share(own, recipient)


def test_the_author_shares_what_the_patient_can_read_and_says_why() -> None:
    note, doctor = signed(), bookable_doctor()
    with pytest.raises(Invalid) as refused:
        share_note(note, doctor, author(note))
    assert list(refused.value.fields) == ["reason"]
    made = share_note(note, doctor, author(note), reason="canaryreason")
    assert reads(user_of(doctor), note)
    assert made.reason == "canaryreason"
    assert "canaryreason" not in repr(list(Event.objects.values()))
    assert "canaryreason" not in repr(list(RecordShare.history.values()))
    record_unshare(actor=user_of(note.patient), share_id=made.public_id)
    assert not reads(user_of(doctor), note)


def test_what_both_share_with_a_doctor_are_two_shares_and_nobody_ends_or_lengthens_the_others() -> None:
    note, doctor, today = signed(), bookable_doctor(), clock.clinic_day(clock.now())
    own = share_note(note, doctor, until=today + timedelta(days=5))
    passed = share_note(note, doctor, author(note), reason="A second opinion", until=today + timedelta(days=50))
    assert passed.pk != own.pk
    own.refresh_from_db()
    assert clock.last_day(own.expires_at) == today + timedelta(days=5)
    assert set(shares_given_by(author(note), now=clock.now())) == {passed}
    with pytest.raises(NotFound):
        record_unshare(actor=author(note), share_id=own.public_id)
    record_unshare(actor=author(note), share_id=passed.public_id)
    assert reads(user_of(doctor), note)
    again = share_note(note, doctor, author(note), reason="A second opinion")
    for one in (own, again):
        record_unshare(actor=user_of(note.patient), share_id=one.public_id)
    assert not reads(user_of(doctor), note)


def test_the_right_lasts_as_long_as_the_longer_of_both(monkeypatch: pytest.MonkeyPatch) -> None:
    note, doctor, today = signed(), bookable_doctor(), clock.clinic_day(clock.now())
    own = share_note(note, doctor, until=today + timedelta(days=5))
    passed = share_note(note, doctor, author(note), reason="A second opinion", until=today + timedelta(days=9))
    at(monkeypatch, own.expires_at)
    assert reads(user_of(doctor), note)
    record_unshare(actor=user_of(note.patient), share_id=passed.public_id)
    assert not reads(user_of(doctor), note)


def test_the_patient_is_told_of_what_a_doctor_shares_and_not_of_their_own() -> None:
    note, doctor = signed(), bookable_doctor()
    share_note(note, doctor)
    assert not told(note.patient).count("record_passed_on")
    share_note(note, doctor, author(note), reason="canaryreason")
    message = Message.objects.get(kind="record_passed_on")
    assert (message.user, message.facts) == (user_of(note.patient), {"path": "/health-record/access/"})


def test_what_the_patient_cannot_read_yet_is_shared_by_nobody() -> None:
    note = signed(release_on=clock.clinic_day(clock.now()) + timedelta(days=3))
    with pytest.raises(Conflict) as refused:
        share_note(note, bookable_doctor(), author(note), reason="A second opinion")
    assert refused.value.code == "not_released"
    with pytest.raises(NotFound):
        share_note(note, bookable_doctor())


def test_nobody_else_shares_or_ends_a_share() -> None:
    note, doctor = signed(), bookable_doctor()
    colleague = user_of(visit(patient=note.patient).doctor)
    carer, stranger = CarerFactory.create(patient=note.patient).user, user_of(PatientFactory.create())
    with pytest.raises(Forbidden):
        share_note(note, doctor, colleague, reason="A second opinion")
    for person in (carer, stranger, UserFactory.create(is_superuser=True)):
        with pytest.raises(NotFound):
            share_note(note, doctor, person, reason="A second opinion")
    made = share_note(note, doctor)
    for person in (carer, stranger, colleague, user_of(doctor), author(note)):
        with pytest.raises(NotFound):
            record_unshare(actor=person, share_id=made.public_id)
    assert reads(user_of(doctor), note)


def test_ending_it_twice_says_so_once() -> None:
    note, doctor = signed(), bookable_doctor()
    made = share_note(note, doctor)
    for _ in range(2):
        record_unshare(actor=user_of(note.patient), share_id=made.public_id)
    assert Event.objects.filter(action="record.unshared", patient_id=note.patient.public_id).count() == 1


def test_a_note_that_is_shared_and_asked_about_stays_open_as_long_as_either_holds() -> None:
    note, doctor = signed(), bookable_doctor()
    asked(note, doctor)
    made = share_note(note, doctor)
    record_unshare(actor=user_of(note.patient), share_id=made.public_id)
    assert reads(user_of(doctor), note)
    share_note(note, doctor)
    note_error_answer(actor=user_of(doctor), note_id=note.public_id, agrees=False)
    assert reads(user_of(doctor), note)


def test_the_doctor_is_told_and_not_of_whom_or_what() -> None:
    note, doctor = signed(), bookable_doctor()
    share(note.patient, doctor)
    share_note(note, doctor)
    assert told(doctor).count("record_shared") == 2
    assert [message.facts for message in Message.objects.filter(kind="record_shared")] == [
        {"path": "/my-day/records/"}
    ] * 2
    assert (
        list(Event.objects.filter(action="record.shared").values_list("patient_id", flat=True))
        == [note.patient.public_id] * 2
    )


def test_a_record_is_made_once_and_read_by_its_patient() -> None:
    patient = PatientFactory.create()
    for doctor in (bookable_doctor(), bookable_doctor()):
        share(patient, doctor)
    record = HealthRecord.objects.get()
    assert user_of(patient).has_perm("records.view_healthrecord", record)
    assert not UserFactory.create(is_superuser=True).has_perm("records.view_healthrecord", record)


def test_every_kind_can_be_shared() -> None:
    assert set(SHAREABLE) == set(ShareKind.values)


def test_a_share_costs_a_list_no_further_statement() -> None:
    note, doctor = signed(), bookable_doctor()
    share(note.patient, doctor)
    assert list(notes_visible_to(user_of(doctor))) == [note]

"""Begun, saved, signed, amended: what each service does and refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from accounts.tests.factories import UserFactory
from audit.models import Event
from audit.selectors import events_about_patient
from booking.models import Appointment
from booking.states import CancelReason
from booking.states import Status as VisitStatus
from booking.tests.factories import bookable_doctor
from booking.tests.steps import told, user_of
from common import clock
from common.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from doctors.models import Doctor
from doctors.states import VerificationStatus
from notifications.models import Message
from notifications.selectors import unread_for
from records.errors import StaleDraft
from records.models import NoteVersion, VisitNote
from records.note_content import from_text
from records.selectors import is_whole, readings_of
from records.services import note_begin, note_discard, note_error_answer, note_save, note_sign, note_viewed
from records.services.notes.steps import told_key
from records.states import NoteStatus
from records.tests.steps import amended, asked, author, content, draft, save, sign, signed, visit

pytestmark = pytest.mark.django_db


def refusal(call: Any, *, of: type[DomainError] = Conflict) -> str:
    with pytest.raises(of) as refused, transaction.atomic():
        call()
    return refused.value.code


def actions(note: VisitNote) -> list[str]:
    found = Event.objects.filter(object_type="records.visitnote", object_id=str(note.public_id))
    return list(found.order_by("pk").values_list("action", flat=True))


def test_a_note_is_begun_once_a_visit() -> None:
    appointment = visit()
    first = note_begin(actor=author(appointment), appointment_id=appointment.public_id)
    again = note_begin(actor=author(appointment), appointment_id=appointment.public_id)
    assert again == first
    assert (first.patient, first.doctor, first.status) == (appointment.patient, appointment.doctor, "preliminary")
    assert actions(first) == ["note.begun"]


def test_the_database_takes_no_second_note_of_a_visit() -> None:
    note = draft()
    twin = {name: getattr(note, name) for name in ("appointment", "patient", "doctor", "created_at")}
    with pytest.raises(IntegrityError, match="note_one_an_appointment"), transaction.atomic():
        VisitNote.objects.create(**twin)
    note_discard(actor=author(note), note_id=note.public_id, version=note.draft_version)
    assert draft(note.appointment) != note


def test_nobody_but_the_doctor_of_a_visit_begins_its_note() -> None:
    appointment = visit()
    for stranger in (UserFactory.create(), user_of(bookable_doctor())):
        with pytest.raises(NotFound):
            note_begin(actor=stranger, appointment_id=appointment.public_id)
    with pytest.raises(Forbidden):
        note_begin(actor=user_of(appointment.patient), appointment_id=appointment.public_id)


def test_there_is_no_note_of_a_visit_that_was_cancelled() -> None:
    gone = visit(status=VisitStatus.CANCELLED, cancel_reason=CancelReason.PATIENT, cancelled_at=clock.now())
    assert refusal(lambda: note_begin(actor=author(gone), appointment_id=gone.public_id)) == "no_visit"


def test_a_draft_is_saved_encrypted_and_leaves_no_event() -> None:
    note = draft(plan="canaryplan")
    again = save(note, plan="canaryplan two")
    assert again.draft_version == note.draft_version + 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT draft FROM records_visitnote WHERE id = %s", [note.pk])
        (stored,) = cursor.fetchone()
    assert "canary" not in stored
    assert from_text(VisitNote.objects.get(pk=note.pk).draft) == content(plan="canaryplan two")
    assert actions(note) == ["note.begun"]


def test_a_stale_draft_overwrites_nothing_and_brings_what_is_stored() -> None:
    note = draft()
    save(note, plan="the other window")
    with pytest.raises(StaleDraft) as refused:
        save(note, plan="this window")
    assert refused.value.stored == content(plan="the other window")
    assert refused.value.version == note.draft_version + 1
    assert from_text(VisitNote.objects.get(pk=note.pk).draft).sections["plan"] == "the other window"


def test_the_same_text_again_is_no_clash() -> None:
    note = draft()
    saved = save(note, plan="the same")
    assert save(note, plan="the same").draft_version == saved.draft_version


def test_signing_keeps_the_text_its_proof_and_who_signed() -> None:
    note = signed(plan="Rest")
    [version] = note.versions.all()
    doctor = note.doctor
    assert (note.status, note.version_count, note.draft, note.has_draft) == ("final", 1, "", False)
    assert (version.signed_by, version.signer_name) == (doctor.user, doctor.name)
    assert version.signer_gmc_number == doctor.gmc_number
    [reading] = readings_of(note)
    assert reading.content == content(plan="Rest")
    assert is_whole(note, [reading])
    event = Event.objects.get(action="note.signed")
    assert event.data == {"version": 1, "digest": version.digest}
    assert event.patient_id == note.patient.public_id


def test_signing_the_same_draft_again_is_answered_like_the_first_time() -> None:
    note = draft()
    first, again = sign(note), sign(note)
    assert again.version_count == first.version_count == 1
    assert actions(note).count("note.signed") == 1
    assert told(note.patient).count("record_new") == 1


def test_what_was_not_read_is_not_signed() -> None:
    note = draft()
    save(note, plan="typed elsewhere")
    with pytest.raises(StaleDraft):
        sign(note)
    assert not NoteVersion.objects.exists()


@pytest.mark.parametrize("status", [one for one in VerificationStatus if one != VerificationStatus.VERIFIED])
def test_only_a_verified_doctor_signs(status: VerificationStatus) -> None:
    note = draft()
    Doctor.objects.filter(pk=note.doctor_id).update(verification_status=status)
    assert refusal(lambda: sign(note), of=Forbidden) == "not_verified"
    assert VisitNote.objects.get(pk=note.pk).draft


def test_a_barred_doctor_finds_no_note() -> None:
    note = draft()
    Doctor.objects.filter(pk=note.doctor_id).update(is_barred=True)
    doctor = Doctor.objects.get(pk=note.doctor_id)
    assert refusal(lambda: note_sign(actor=user_of(doctor), note_id=note.public_id, version=1), of=NotFound)


def test_nothing_is_signed_before_the_visit_or_without_a_word() -> None:
    early = draft(visit(start=clock.now() + timedelta(hours=2), status=VisitStatus.BOOKED))
    assert refusal(lambda: sign(early)) == "too_early"
    empty = draft()
    empty = note_save(
        actor=author(empty),
        note_id=empty.public_id,
        version=empty.draft_version,
        content=content(reason="", assessment=" ", summary="\n"),
    )
    assert refusal(lambda: sign(empty), of=Invalid) == "empty"


@pytest.mark.parametrize("status", [VisitStatus.CANCELLED, VisitStatus.NOSHOW, VisitStatus.ENTERED_IN_ERROR])
def test_a_visit_that_never_took_place_is_not_signed_but_what_is_signed_can_be_amended(status: VisitStatus) -> None:
    note, kept = draft(), save(signed(), plan="Rest")
    fields: dict[str, Any] = {"status": status}
    if status == VisitStatus.CANCELLED:
        fields |= {"cancel_reason": CancelReason.CLINIC, "cancelled_at": clock.now()}
    Appointment.objects.filter(pk__in=[note.appointment_id, kept.appointment_id]).update(**fields)
    assert refusal(lambda: sign(note)) == "no_visit"
    assert not VisitNote.objects.get(pk=note.pk).is_signed
    assert sign(kept, reason="Forgotten").version_count == 2
    assert not note_discard(actor=author(note), note_id=note.public_id, version=note.draft_version).has_draft


def test_an_amendment_is_a_new_version_with_a_reason_and_the_old_one_stays() -> None:
    note = amended(signed(plan="Rest"), plan="Rest for two weeks")
    assert (note.status, note.version_count) == (NoteStatus.AMENDED, 2)
    old, new = readings_of(note)
    assert old.content == content(plan="Rest")
    assert new.content == content(plan="Rest for two weeks")
    assert new.reason == "It was the other ear"
    assert amended(note, plan="Rest for three weeks").version_count == 3
    assert actions(note) == ["note.begun", "note.signed", "note.amended", "note.amended"]
    assert told(note.patient).count("record_new") == 3


def test_an_amendment_needs_a_reason_and_a_change() -> None:
    note = signed()
    changed = save(note, plan="Rest")
    assert refusal(lambda: sign(changed), of=Invalid) == "reason_needed"
    undone = save(changed)
    assert refusal(lambda: sign(undone, reason="Why not"), of=Invalid) == "nothing_changed"
    assert refusal(lambda: sign(signed(), version=2, reason="Why not")) == "nothing_to_sign"


def test_an_amendment_can_be_thrown_away() -> None:
    note = save(signed(plan="Rest"), plan="Run")
    kept = note_discard(actor=author(note), note_id=note.public_id, version=note.draft_version)
    assert (kept.status, kept.has_draft, kept.draft) == ("final", False, "")
    assert note_discard(actor=author(note), note_id=note.public_id, version=note.draft_version) == kept
    assert readings_of(kept)[-1].content == content(plan="Rest")


def test_nobody_else_saves_signs_or_throws_away() -> None:
    note = signed()
    for person in (user_of(note.patient), UserFactory.create(), user_of(bookable_doctor())):
        refused = Forbidden if person == note.patient.user else NotFound
        facts: dict[str, Any] = {"actor": person, "note_id": note.public_id, "version": note.draft_version}
        for call in (note_sign, note_discard, lambda **more: note_save(content=content(plan="x"), **more)):
            with pytest.raises(refused), transaction.atomic():
                call(**facts)
    assert VisitNote.objects.get(pk=note.pk).version_count == 1


def test_the_patient_is_told_when_it_can_be_read_and_nothing_of_it() -> None:
    day = clock.clinic_day(clock.now()) + timedelta(days=3)
    note = signed(release_on=day, plan="canaryplan")
    message = Message.objects.get(kind="record_new")
    assert message.due_at == note.released_at == clock.start_of_day(day, clock.clinic_zone())
    assert message.facts == {"path": "/health-record/"}


def test_who_waits_for_the_day_of_release_is_told_once_of_what_is_read_then() -> None:
    day = clock.clinic_day(clock.now()) + timedelta(days=3)
    note = sign(save(signed(release_on=day), plan="Rest"), reason="Forgotten", release_on=day)
    assert [message.dedupe_key for message in Message.objects.filter(kind="record_new")] == [told_key(note, 2)]
    asked(note, colleague := bookable_doctor())
    note_error_answer(actor=user_of(colleague), note_id=note.public_id, agrees=True)
    assert not Message.objects.filter(kind="record_new").exists()


def test_a_notice_of_what_is_released_later_is_not_shown_before(monkeypatch: pytest.MonkeyPatch) -> None:
    note = signed(release_on=clock.clinic_day(clock.now()) + timedelta(days=3))
    patient = user_of(note.patient)
    assert not unread_for(patient, ["record_new"])
    monkeypatch.setattr(clock, "now", lambda: note.released_at)
    assert unread_for(patient, ["record_new"])


def test_the_patient_reads_of_nothing_that_they_may_not_read_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    appointment = visit()
    thrown = draft(appointment)
    note_viewed(actor=author(thrown), note=thrown)
    assert "note.viewed" not in actions(thrown)
    note_discard(actor=author(thrown), note_id=thrown.public_id, version=thrown.draft_version)
    note = signed(appointment, release_on=clock.clinic_day(clock.now()) + timedelta(days=3))
    asked(note, colleague := bookable_doctor())
    note_viewed(actor=user_of(colleague), note=note)
    note_error_answer(actor=user_of(colleague), note_id=note.public_id, agrees=False)

    def known() -> list[str]:
        events = events_about_patient(note.patient.public_id)
        return [event.action for event in events if event.action.startswith("note.")]

    assert known() == []
    monkeypatch.setattr(clock, "now", lambda: note.released_at)
    assert known() == ["note.viewed", "note.signed"]


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_a_day_of_release_lies_ahead_and_within_a_year(days: int) -> None:
    day = clock.clinic_day(clock.now()) + timedelta(days=days)
    assert refusal(lambda: signed(release_on=day), of=Invalid) == "release_day"


def test_what_may_be_read_stays_open_when_it_is_amended() -> None:
    note = signed()
    day = clock.clinic_day(clock.now()) + timedelta(days=3)
    again = sign(save(note, plan="Rest"), reason="Forgotten", release_on=day)
    assert again.released_at == note.released_at


def test_the_database_keeps_every_version_as_it_was_signed() -> None:
    version = signed().versions.get()
    for change in ({"digest": "0" * 64}, {"signer_name": "Somebody"}, {"number": 2}, {"signed_at": clock.now()}):
        with pytest.raises(DatabaseError, match="kept as it is"), transaction.atomic():
            NoteVersion.objects.filter(pk=version.pk).update(**change)
    with pytest.raises(DatabaseError, match="kept as it is"), transaction.atomic():
        NoteVersion.objects.filter(pk=version.pk).delete()

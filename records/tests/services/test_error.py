"""Entered in error is said by two."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from booking.tests.factories import bookable_doctor
from booking.tests.steps import user_of
from common import clock
from common.errors import Conflict, Forbidden, Invalid, NotFound
from doctors.models import Doctor
from doctors.states import VerificationStatus
from records.models import VisitNote, VisitNoteUserGrant
from records.policies import may_second
from records.selectors import note_for, notes_visible_to, to_do_of
from records.services import note_error_answer, note_error_ask, note_error_withdraw, note_save
from records.states import NoteStatus
from records.tests.steps import asked, author, content, draft, signed

pytestmark = pytest.mark.django_db


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_the_colleague_reads_it_agrees_and_reads_it_no_longer() -> None:
    note, colleague = signed(), bookable_doctor()
    person = user_of(colleague)
    with pytest.raises(NotFound):
        note_for(person, note.public_id)
    asked(note, colleague)
    assert note_for(person, note.public_id) == note
    assert to_do_of(person, now=clock.now()).asked == [note]
    note = note_error_answer(actor=person, note_id=note.public_id, agrees=True)
    assert note.status == NoteStatus.ENTERED_IN_ERROR
    assert not VisitNoteUserGrant.objects.exists()
    with pytest.raises(NotFound):
        note_for(fresh(person), note.public_id)
    assert list(notes_visible_to(author(note))) == []
    assert draft(note.appointment).pk != note.pk


def test_the_colleague_may_say_no_and_the_doctor_may_take_it_back() -> None:
    note, colleague = signed(), bookable_doctor()
    asked(note, colleague)
    kept = note_error_answer(actor=user_of(colleague), note_id=note.public_id, agrees=False)
    assert (kept.status, kept.error_asked_at, kept.error_second) == (NoteStatus.FINAL, None, None)
    asked(note, colleague)
    kept = note_error_withdraw(actor=author(note), note_id=note.public_id)
    assert kept.error_asked_at is None
    assert note_error_withdraw(actor=author(note), note_id=note.public_id) == kept
    assert not VisitNoteUserGrant.objects.exists()


def test_a_suspended_colleague_neither_reads_nor_answers() -> None:
    note, colleague = signed(), bookable_doctor()
    asked(note, colleague)
    Doctor.objects.filter(pk=colleague.pk).update(is_barred=True)
    person = fresh(user_of(colleague))
    with pytest.raises(NotFound):
        note_for(person, note.public_id)
    assert to_do_of(person, now=clock.now()).asked == []
    assert not may_second(person, VisitNote.objects.get(pk=note.pk))
    with pytest.raises(NotFound):
        note_error_answer(actor=person, note_id=note.public_id, agrees=True)


def test_a_colleague_whose_verification_stands_no_more_does_not_answer() -> None:
    note, colleague = signed(), bookable_doctor()
    asked(note, colleague)
    Doctor.objects.filter(pk=colleague.pk).update(verification_status=VerificationStatus.EXPIRED)
    with pytest.raises(Forbidden):
        note_error_answer(actor=fresh(user_of(colleague)), note_id=note.public_id, agrees=True)


def test_a_suspended_doctor_still_reads_what_is_theirs_as_a_patient() -> None:
    note = signed()
    person = user_of(note.patient)
    Doctor.objects.filter(pk=bookable_doctor().pk).update(user=person, is_barred=True)
    assert note_for(fresh(person), note.public_id) == note


def test_nobody_answers_but_who_was_asked() -> None:
    note = asked(signed(), bookable_doctor())
    with pytest.raises(Forbidden):
        note_error_answer(actor=author(note), note_id=note.public_id, agrees=True)
    with pytest.raises(Forbidden):
        note_error_answer(actor=user_of(note.patient), note_id=note.public_id, agrees=True)
    with pytest.raises(NotFound):
        note_error_answer(actor=user_of(bookable_doctor()), note_id=note.public_id, agrees=True)


def test_the_question_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    colleague = bookable_doctor()
    note = asked(signed(), colleague)
    later = clock.now() + timedelta(days=15)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(NotFound):
        note_error_answer(actor=user_of(colleague), note_id=note.public_id, agrees=True)


def test_who_is_asked_is_another_verified_doctor() -> None:
    note, colleague = signed(), bookable_doctor()
    Doctor.objects.filter(pk=colleague.pk).update(verification_status=VerificationStatus.PENDING)
    for email in ("nobody@example.org", author(note).email, user_of(note.patient).email, user_of(colleague).email):
        with pytest.raises(Invalid) as refused, transaction.atomic():
            note_error_ask(actor=author(note), note_id=note.public_id, reason="Wrong", colleague_email=email)
        assert set(refused.value.fields) == {"colleague"}
    assert not VisitNoteUserGrant.objects.exists()


def test_only_what_is_signed_is_asked_about_once_and_meanwhile_it_is_not_changed() -> None:
    colleague = bookable_doctor()
    with pytest.raises(Conflict), transaction.atomic():
        asked(draft(), colleague)
    note = asked(signed(), colleague)
    with pytest.raises(Conflict) as refused, transaction.atomic():
        asked(note, colleague)
    assert refused.value.code == "already_asked"
    with pytest.raises(Conflict), transaction.atomic():
        note_save(
            actor=author(note), note_id=note.public_id, version=note.draft_version, content=content(plan="Changed")
        )


def test_the_database_takes_back_nothing_signed_by_one_alone() -> None:
    note = signed()
    with pytest.raises(IntegrityError, match="note_in_error_by_two"), transaction.atomic():
        VisitNote.objects.filter(pk=note.pk).update(status=NoteStatus.ENTERED_IN_ERROR, corrected_at=clock.now())

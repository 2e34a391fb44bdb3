"""Signing, saving, amending and suspending at the same moment, each on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection

from audit.models import Event
from devtools.testing.parallel import Outcome
from records.locks import note_locked
from records.models import NoteVersion, VisitNote
from records.selectors import is_whole, readings_of
from records.services import note_begin, note_save, note_sign
from records.services.notes import sign
from records.services.notes.draft import assert_can_be_written
from records.services.notes.steps import assert_current
from records.tests.steps import author, content, draft, save, signed, visit
from tests.races.conftest import Together, refusals, winners
from verification.services import doctor_suspend
from verification.states import Status
from verification.tests.factories import case_in, officer

pytestmark = pytest.mark.django_db(transaction=True)
CONTROL_ROUNDS = 10
PATIENCE = 20


def signer(note: VisitNote, reason: str = "") -> Callable[[], VisitNote]:
    return partial(note_sign, actor=author(note), note_id=note.public_id, version=note.draft_version, reason=reason)


def saver(note: VisitNote, plan: str) -> Callable[[], VisitNote]:
    return partial(
        note_save,
        actor=author(note),
        note_id=note.public_id,
        version=note.draft_version,
        content=content(plan=plan),
    )


def suspender(note: VisitNote) -> Callable[[], object]:
    case_in(Status.VERIFIED, doctor=note.doctor)
    facts: dict[str, Any] = {"doctor_id": note.doctor.public_id, "reason": "A concern.", "reason_code": "concern"}
    return partial(doctor_suspend, actor=officer(), **facts)


def signed_first(note: VisitNote) -> bool:
    """Whether the log has the signature before the suspension."""
    signature = Event.objects.get(action="note.signed", object_id=str(note.public_id))
    suspension = Event.objects.get(
        action="doctor.verification_changed", object_id=str(note.doctor.public_id), data__after=Status.SUSPENDED.value
    )
    return signature.pk < suspension.pk


def assert_sound(note: VisitNote) -> VisitNote:
    """Every version is there, in order, and says what was signed."""
    note = VisitNote.objects.select_related("appointment", "patient", "doctor").get(pk=note.pk)
    readings = readings_of(note)
    assert is_whole(note, readings)
    assert [one.version.number for one in readings] == list(range(1, note.version_count + 1))
    return note


@pytest.mark.usefixtures("no_deadlock")
def test_a_note_is_begun_once_in_many_windows(together: Together) -> None:
    appointment = visit()
    begin = partial(note_begin, actor=author(appointment), appointment_id=appointment.public_id)
    outcomes = together([begin] * 6)
    assert {outcome.value for outcome in outcomes} == {VisitNote.objects.get()}


@pytest.mark.usefixtures("no_deadlock")
def test_signed_twice_and_saved_at_once_it_is_signed_once_and_says_what_was_read(
    together: Together, rounds: int
) -> None:
    for _ in range(rounds):
        note = draft(plan="as read")
        outcomes = together([signer(note), saver(note, "written over"), signer(note), saver(note, "as well")])
        assert set(refusals(outcomes)) <= {"stale_draft"}
        note = assert_sound(note)
        assert note.version_count <= 1
        if note.version_count:
            [reading] = readings_of(note)
            assert reading.content == content(plan="as read")


def unlocked(note_id: UUID) -> VisitNote:
    """As `note_locked` and `note_with_doctor_locked`, of a row that nobody holds."""
    return VisitNote.objects.select_related("doctor", "patient__user", "appointment").get(public_id=note_id)


def test_control_without_the_lock_what_was_saved_while_somebody_signed_is_nowhere(
    together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, the test above proves nothing: the window that saved heard that its text is kept."""
    has_read, is_saved = threading.Event(), threading.Event()
    note = draft(plan="as read")
    save_over = saver(note, "written over")

    def when_saved(note: VisitNote, version: int) -> None:
        assert_current(note, version)
        has_read.set()
        assert is_saved.wait(PATIENCE)

    def save_between() -> VisitNote:
        assert has_read.wait(PATIENCE)
        saved = save_over()
        is_saved.set()
        return saved

    monkeypatch.setattr("records.services.notes.sign.note_with_doctor_locked", unlocked)
    monkeypatch.setattr("records.services.notes.sign.assert_current", when_saved)
    assert refusals(together([signer(note), save_between])) == []
    note = assert_sound(note)
    [reading] = readings_of(note)
    assert reading.content == content(plan="as read")
    assert not note.has_draft
    assert "written over" not in note.draft


@pytest.mark.usefixtures("no_deadlock")
def test_of_several_savings_of_one_version_one_is_kept(together: Together, rounds: int) -> None:
    for _ in range(rounds):
        note = draft()
        outcomes = together([saver(note, f"window {number}") for number in range(6)])
        assert len(winners(outcomes)) == 1
        assert refusals(outcomes) == ["stale_draft"] * 5
        assert VisitNote.objects.get(pk=note.pk).draft_version == note.draft_version + 1


@pytest.mark.usefixtures("no_deadlock")
def test_of_two_amendments_of_one_version_one_is_signed(together: Together, rounds: int) -> None:
    for _ in range(rounds):
        note = save(signed(plan="first"), plan="second")
        outcomes = together([signer(note, "One reason"), signer(note, "Another reason")])
        # The second press of the same amendment is answered like the first: one version either way.
        assert refusals(outcomes) == []
        assert assert_sound(note).version_count == 2
        assert NoteVersion.objects.filter(note=note).count() == 2


def amend_together(together: Together, monkeypatch: pytest.MonkeyPatch) -> tuple[VisitNote, list[Outcome[Any]]]:
    """Two amendments of one version, each of which has seen that the other is not there yet."""
    both = threading.Barrier(2, timeout=PATIENCE)
    note = save(signed(plan="first"), plan="second")

    add = sign._version_add

    def at_once(*args: Any, **more: Any) -> Any:
        both.wait()
        return add(*args, **more)

    monkeypatch.setattr("records.services.notes.sign.note_with_doctor_locked", unlocked)
    monkeypatch.setattr(sign, "_version_add", at_once)
    return note, together([signer(note, "One reason"), signer(note, "Another reason")])


def test_control_without_the_lock_the_database_alone_stops_the_second_amendment(
    together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, the test above proves nothing: a doctor's second press would be a fault and no answer."""
    note, outcomes = amend_together(together, monkeypatch)
    [fault] = [outcome.error for outcome in outcomes if outcome.error]
    assert isinstance(fault, IntegrityError)
    assert assert_sound(note).version_count == 2


def test_control_without_lock_and_constraint_two_amendments_have_one_number(
    together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, the constraint was not what stopped the second above. The database is made anew afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE records_noteversion DROP CONSTRAINT note_version_once")
    note, outcomes = amend_together(together, monkeypatch)
    assert refusals(outcomes) == []
    assert sorted(note.versions.values_list("number", flat=True)) == [1, 2, 2]
    note = VisitNote.objects.select_related("appointment", "patient", "doctor").get(pk=note.pk)
    assert not is_whole(note, readings_of(note))


@pytest.mark.usefixtures("no_deadlock")
def test_a_signature_comes_before_a_suspension_or_not_at_all(together: Together, rounds: int) -> None:
    for _ in range(rounds):
        note = draft()
        signing, suspension = together([signer(note), suspender(note)])
        assert suspension.error is None
        assert set(refusals([signing])) <= {"not_verified", "author_only", "not_found"}
        assert assert_sound(note).version_count == len(winners([signing]))
        if winners([signing]):
            assert signed_first(note)


def test_control_without_the_doctors_row_a_signature_comes_after_the_suspension(
    together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, the test above proves nothing: the right to sign was asked before, and used after."""
    asked, is_suspended = threading.Event(), threading.Event()
    note = draft()
    suspend = suspender(note)

    def when_suspended(note: VisitNote) -> None:
        asked.set()
        assert is_suspended.wait(PATIENCE)
        assert_can_be_written(note)

    def suspend_between() -> None:
        assert asked.wait(PATIENCE)
        suspend()
        is_suspended.set()

    monkeypatch.setattr("records.services.notes.sign.note_with_doctor_locked", note_locked)
    monkeypatch.setattr("records.services.notes.sign.assert_can_be_written", when_suspended)
    outcomes = together([signer(note), suspend_between])
    assert refusals(outcomes) == []
    assert assert_sound(note).version_count == 1
    assert not signed_first(note)


def test_control_without_the_lock_a_saving_is_lost(together: Together, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, the tests above prove nothing: two windows both hear that theirs is kept."""
    monkeypatch.setattr("records.services.notes.draft.note_locked", unlocked)

    def kept() -> int:
        note = draft()
        return len(winners(together([saver(note, f"window {number}") for number in range(6)])))

    assert any(kept() > 1 for _ in range(CONTROL_ROUNDS))

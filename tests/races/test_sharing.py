"""Sharing and ending it at the same moment, each on a connection of its own; with controls that show the damage."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError

from accounts.models import Patient
from booking.tests.factories import bookable_doctor
from booking.tests.steps import user_of
from doctors.models import Doctor
from records.models import HealthRecord, HealthRecordUserGrant, RecordShare, VisitNote
from records.services import note_error_answer, record_share, record_unshare
from records.services.access import rights
from records.states import ShareKind
from records.tests.steps import asked, signed
from records.tests.test_visible import reads
from tests.races.conftest import Together, refusals

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 10


def sharer(patient: Patient, doctor: Doctor) -> Callable[[], Any]:
    return partial(record_share, actor=user_of(patient), doctor_id=doctor.public_id)


@pytest.mark.usefixtures("no_deadlock")
def test_shared_from_many_windows_it_is_shared_once(together: Together, rounds: int) -> None:
    for _ in range(rounds):
        note, doctor = signed(), bookable_doctor()
        outcomes = together([sharer(note.patient, doctor)] * 4)
        assert refusals(outcomes) == []
        assert {outcome.value for outcome in outcomes} == {RecordShare.objects.get(doctor=doctor)}
        assert HealthRecordUserGrant.objects.filter(user=doctor.user).count() == 1


def test_control_without_the_lock_a_window_fails(together: Together, monkeypatch: pytest.MonkeyPatch) -> None:
    note, doctor = signed(), bookable_doctor()
    record, gate = HealthRecord.objects.create(patient=note.patient), threading.Barrier(2)

    def unlocked(_: Patient) -> HealthRecord:
        gate.wait(PATIENCE)
        return record

    monkeypatch.setattr("records.services.access.share.health_record_locked", unlocked)
    outcomes = together([sharer(note.patient, doctor)] * 2)
    assert [type(outcome.error) for outcome in outcomes if outcome.error] == [IntegrityError]


def both_ends(note: VisitNote, doctor: Doctor) -> list[Callable[[], Any]]:
    """The patient ends the share of a note just as the colleague answers what they were asked about it."""
    asked(note, doctor)
    own = user_of(note.patient)
    share = record_share(actor=own, doctor_id=doctor.public_id, kind=ShareKind.NOTE, object_id=note.public_id)
    return [
        partial(record_unshare, actor=own, share_id=share.public_id),
        partial(note_error_answer, actor=user_of(doctor), note_id=note.public_id, agrees=False),
    ]


@pytest.mark.usefixtures("no_deadlock")
def test_what_ends_both_reasons_at_once_leaves_no_right_behind(together: Together, rounds: int) -> None:
    for _ in range(rounds):
        note, doctor = signed(), bookable_doctor()
        assert refusals(together(both_ends(note, doctor))) == []
        assert not reads(user_of(doctor), note)


def test_control_without_the_lock_the_right_outlives_both(together: Together, monkeypatch: pytest.MonkeyPatch) -> None:
    note, doctor = signed(), bookable_doctor()
    ends, gate = both_ends(note, doctor), threading.Barrier(2)
    monkeypatch.setattr(rights, "health_record_locked", lambda _: gate.wait(PATIENCE))
    assert refusals(together(ends)) == []
    assert reads(user_of(doctor), note)

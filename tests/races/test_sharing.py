"""Sharing a record, or opening one in an emergency, and ending it at the same moment, each on a connection of its own;
with controls that show the damage.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError

from accounts.models import Patient, User
from accounts.services import emergency_mark
from booking.tests.factories import bookable_doctor
from booking.tests.steps import user_of
from common.permissions import grant, revoke
from doctors.models import Doctor
from records.models import HealthRecord, HealthRecordUserGrant, RecordShare, VisitNote
from records.selectors import glasses_open_of
from records.services import glass_end, note_error_answer, record_share, record_unshare
from records.services.access import emergency, rights, share
from records.states import ShareKind
from records.tests.services.test_break_glass import breaks
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

    def looked(*told: Any, **more: Any) -> RecordShare | None:
        found = standing(*told, **more)
        gate.wait(PATIENCE)
        return found

    standing = share._standing
    monkeypatch.setattr(share, "health_record_locked", lambda _: record)
    monkeypatch.setattr(share, "_standing", looked)
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

    def after_both_have_looked(change: Callable[..., Any], *told: Any, **more: Any) -> None:
        gate.wait(PATIENCE)
        change(*told, **more)

    monkeypatch.setattr(rights, "health_record_locked", lambda _: None)
    for change in (grant, revoke):
        monkeypatch.setattr(rights, change.__name__, partial(after_both_have_looked, change))
    assert refusals(together(ends)) == []
    assert reads(user_of(doctor), note)


def two_emergencies() -> tuple[User, list[Callable[[], Any]]]:
    """A doctor ends the emergency access to one record just as they open another."""
    doctor, first, second = user_of(bookable_doctor()), signed(), signed()
    opened = breaks(doctor, first.patient)
    return doctor, [
        partial(glass_end, actor=doctor, glass_id=opened.public_id),
        partial(breaks, doctor, second.patient),
    ]


@pytest.mark.usefixtures("no_deadlock")
def test_the_banner_stays_while_a_record_is_open(together: Together, rounds: int) -> None:
    for _ in range(rounds):
        doctor, both = two_emergencies()
        assert refusals(together(both)) == []
        doctor.refresh_from_db()
        assert doctor.emergency_until == glasses_open_of(doctor).get().expires_at


def test_control_without_the_lock_the_banner_goes(together: Together, monkeypatch: pytest.MonkeyPatch) -> None:
    doctor, (end, open_other) = two_emergencies()
    asked_for_the_rest, opened = threading.Event(), threading.Event()

    def late(*, user_id: UUID, until: datetime | None) -> None:
        if until is None:
            asked_for_the_rest.set()
            opened.wait(PATIENCE)
        emergency_mark(user_id=user_id, until=until)

    def open_meanwhile() -> None:
        asked_for_the_rest.wait(PATIENCE)
        open_other()
        opened.set()

    monkeypatch.setattr(emergency, "person_locked", lambda person: person)
    monkeypatch.setattr(emergency, "emergency_mark", late)
    assert refusals(together([end, open_meanwhile])) == []
    doctor.refresh_from_db()
    assert glasses_open_of(doctor).exists()
    assert doctor.emergency_until is None

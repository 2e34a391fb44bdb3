"""What a carer reads of a record: what the patient reads, by a scope of its own with an end, and no visit kept back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Carer, User
from accounts.services import Terms, carer_change, carer_revoke
from accounts.states import Scope
from accounts.tests.factories import CarerFactory
from audit.models import Event
from booking.selectors import appointments_visible_to
from booking.services import appointment_conceal
from booking.tests.steps import user_of
from common import clock
from common.errors import Forbidden, Invalid, NotFound
from records.models import VisitNote
from records.tests.steps import author, draft, signed, visit
from records.tests.test_visible import reads

pytestmark = pytest.mark.django_db


def a_carer(note: VisitNote, **fields: Any) -> Carer:
    given = {"can_read": True, "can_book": False, "expires_at": clock.now() + timedelta(days=30)}
    made: Carer = CarerFactory.create(patient=note.patient, **{**given, **fields})
    return made


def helper(carer: Carer) -> User:
    assert carer.user
    return carer.user


def conceal(note: VisitNote, *, keeps: bool = True) -> None:
    own, appointment = user_of(note.patient), note.appointment.public_id
    appointment_conceal(actor=own, appointment_id=appointment, is_confidential=keeps)


def test_a_carer_reads_what_the_patient_reads_and_nothing_before() -> None:
    note = signed()
    later = signed(visit(patient=note.patient), release_on=clock.clinic_day(clock.now()) + timedelta(days=3))
    carer = a_carer(note)
    assert reads(helper(carer), note)
    for hidden in (later, draft(visit(patient=note.patient)), signed()):
        assert not reads(helper(carer), hidden)
    assert not helper(carer).has_perm("records.change_visitnote", note)


def test_no_other_scope_reads() -> None:
    note = signed()
    carer = a_carer(note, can_read=False, can_see=True, can_book=True, can_pay=True)
    assert not reads(helper(carer), note)


def test_its_end_and_taking_it_back_hold_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    note = signed()
    carer, other = a_carer(note), a_carer(note)
    carer_revoke(actor=user_of(note.patient), carer_id=other.public_id)
    assert not reads(helper(other), note)
    assert carer.expires_at
    end = carer.expires_at
    monkeypatch.setattr(clock, "now", lambda: end)
    assert not reads(helper(carer), note)


def test_a_visit_that_is_kept_back_is_hidden_with_its_note_and_shown_again() -> None:
    note = signed()
    carer = a_carer(note)
    conceal(note)
    assert not reads(helper(carer), note)
    assert note.appointment not in appointments_visible_to(User.objects.get(pk=helper(carer).pk))
    assert not helper(carer).has_perm("booking.view_appointment", type(note.appointment).objects.get())
    assert reads(user_of(note.patient), note)
    assert reads(author(note), note)
    conceal(note, keeps=False)
    assert reads(helper(carer), note)


def test_only_the_patient_keeps_a_visit_back() -> None:
    note = signed()
    carer = a_carer(note)
    for person, refusal in ((helper(carer), Forbidden), (author(note), Forbidden), (author(signed()), NotFound)):
        with pytest.raises(refusal):
            appointment_conceal(actor=person, appointment_id=note.appointment.public_id, is_confidential=True)


@pytest.mark.parametrize("days", [None, 400])
def test_reading_has_an_end_at_most_a_year_away(days: int | None) -> None:
    carer = a_carer(signed(), can_read=False)
    end = clock.now() + timedelta(days=days) if days else None
    with pytest.raises(Invalid) as refused:
        carer_change(
            actor=user_of(carer.patient),
            carer_id=carer.public_id,
            terms=Terms(scopes=frozenset({Scope.READ}), expires_at=end),
        )
    assert refused.value.code == "reading_ends"


def test_a_carers_pages_say_whose_record_it_is_and_the_log_that_it_was_a_carer() -> None:
    note = signed()
    carer, client = a_carer(note), Client()
    client.force_login(helper(carer), backend="accounts.backends.AccountBackend")
    record = f"/caring/{note.patient.public_id}/record/"
    assert str(note.public_id) in client.get(record).content.decode()
    page = client.get(f"/notes/{note.public_id}/").content.decode()
    assert f"This is the record of {note.patient.name}" in page
    assert "Share this note" not in page
    event = Event.objects.get(action="note.viewed")
    assert (event.actor_id, event.data["capacity"]) == (helper(carer).public_id, "carer")
    conceal(note)
    assert str(note.public_id) not in client.get(record).content.decode()
    Carer.objects.update(can_read=False)
    assert client.get(record).status_code == 404

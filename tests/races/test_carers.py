"""A right that is taken back in the moment in which it is used or accepted: one of the two comes first, never half."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError

from accounts.models import Carer
from accounts.policies import may_act_for
from accounts.services import carer_accept, carer_revoke, carers
from accounts.states import InvitationState, Scope
from accounts.tests.factories import CarerFactory, UserFactory
from audit.models import Event
from booking.models import Appointment
from booking.services import appointment_book
from booking.tests.factories import bookable_doctor, next_slot_start
from booking.tests.steps import user_of
from doctors.models import Doctor
from tests.races.conftest import Together, refusals, winners

CONTROL_ROUNDS = 60


def _unlocked(carer_id: UUID) -> Carer:
    return Carer.objects.select_related("patient").get(public_id=carer_id)


def _booking_by(carer: Carer, doctor: Doctor, start: datetime) -> Callable[[], Any]:
    assert carer.user is not None
    return partial(
        appointment_book,
        actor=carer.user,
        patient_id=carer.patient.public_id,
        visit_type_id=doctor.visit_types.get().public_id,
        location_id=doctor.locations.get().pk,
        start=start,
    )


def _taking_back(carer: Carer) -> Callable[[], Any]:
    return partial(carer_revoke, actor=user_of(carer.patient), carer_id=carer.public_id)


@pytest.mark.usefixtures("no_deadlock")
def test_accepting_against_taking_back_leaves_one_end(together: Together, rounds: int) -> None:
    for number in range(rounds * 2):
        helper = UserFactory.create(email=f"helper{number}@elsewhere.example")
        carer = CarerFactory.create(invited=True, email=helper.email)
        own, carer_id = user_of(carer.patient), carer.public_id
        outcomes = together(
            [
                lambda actor=helper, which=carer_id: carer_accept(actor=actor, carer_id=which),  # type: ignore[misc]
                lambda actor=own, which=carer_id: carer_revoke(actor=actor, carer_id=which),  # type: ignore[misc]
            ]
        )
        carer.refresh_from_db()
        # Whichever came first, the patient's word is the last.
        assert carer.state == InvitationState.ENDED
        assert set(refusals(outcomes)) <= {"illegal_transition"}
        assert carer.history.count() == len(winners(outcomes)) + 1
        assert not may_act_for(helper, carer.patient, Scope.SEE)


@pytest.mark.usefixtures("no_deadlock")
def test_a_carer_books_before_it_is_taken_back_or_not_at_all(together: Together, rounds: int) -> None:
    doctor = bookable_doctor()
    for number in range(rounds * 2):
        carer = CarerFactory.create()
        outcomes = together([_booking_by(carer, doctor, next_slot_start(1 + number)), _taking_back(carer)])
        assert set(refusals(outcomes)) <= {"not_found"}
        assert Appointment.objects.filter(patient=carer.patient).count() == len(winners(outcomes)) - 1
        assert not _booked_after_it_was_taken_back(carer)


def _booked_after_it_was_taken_back(carer: Carer) -> bool:
    """Both write their event while they hold the patient, so its number says who came first."""
    taken_back = Event.objects.filter(action="carer.revoked", object_id=str(carer.public_id)).values("pk")[:1]
    booked = Event.objects.filter(action="appointment.booked", patient_id=carer.patient.public_id)
    return booked.filter(pk__gt=taken_back).exists()


def test_control_without_the_patients_lock_a_carer_books_by_what_was_taken_back(
    together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, the test above proves nothing."""
    doctor = bookable_doctor()
    monkeypatch.setattr(carers, "lock_carer", _unlocked)

    def booked_too_late(number: int) -> bool:
        carer = CarerFactory.create()
        together([_booking_by(carer, doctor, next_slot_start(1 + number)), _taking_back(carer)])
        return _booked_after_it_was_taken_back(carer)

    assert any(booked_too_late(number) for number in range(CONTROL_ROUNDS))


def test_control_without_the_lock_an_answer_outlives_what_the_patient_took_back(
    together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, the first test above proves nothing."""
    monkeypatch.setattr(carers, "lock_carer", _unlocked)
    assert any(_answer_wins(together, number) for number in range(CONTROL_ROUNDS))


def _answer_wins(together: Together, number: int) -> bool:
    """Both were told that it is done, and the carer has the right that was taken back; or the table alone refused."""
    helper = UserFactory.create(email=f"unlocked{number}@elsewhere.example")
    carer = CarerFactory.create(invited=True, email=helper.email)
    accept = partial(carer_accept, actor=helper, carer_id=carer.public_id)
    outcomes = together([accept, _taking_back(carer)])
    carer.refresh_from_db()
    broken = any(isinstance(outcome.error, IntegrityError) for outcome in outcomes)
    return broken or (outcomes[1].error is None and carer.state == InvitationState.ACCEPTED)

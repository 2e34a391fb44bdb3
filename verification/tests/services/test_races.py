"""Officers at the same moment, on connections of their own. The control shows that the lock is what decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from audit.models import Event
from common.errors import Conflict
from devtools.testing.parallel import Outcome
from doctors.models import Doctor
from doctors.tests.factories import DoctorFactory
from verification import locks, services
from verification.models import VerificationCase
from verification.states import Status
from verification.tests.factories import case_in, officer

Together = Callable[[Sequence[Callable[[], Any]]], list[Outcome[Any]]]

OFFICERS = 6


def contest(together: Together, case: VerificationCase) -> list[Outcome[Any]]:
    """Half of the officers approve, half reject, all at once."""
    approve = [partial(services.case_approve, actor=officer(), case_id=case.public_id) for _ in range(OFFICERS // 2)]
    reject = [
        partial(services.case_reject, actor=officer(), case_id=case.public_id, reason="No.")
        for _ in range(OFFICERS // 2)
    ]
    return together([*approve, *reject])


def test_of_officers_deciding_at_once_the_first_wins_and_the_others_learn_what_was_decided(together: Together) -> None:
    case = case_in(Status.PENDING)

    outcomes = contest(together, case)

    case.refresh_from_db()
    errors = [outcome.error for outcome in outcomes if outcome.error is not None]
    assert len(errors) == OFFICERS - 1
    assert all(isinstance(error, Conflict) and error.data["current"] == case.status for error in errors)
    assert Doctor.objects.get(pk=case.doctor_id).verification_status == case.status
    assert Event.objects.filter(action__in=["verification.approved", "verification.rejected"]).count() == 1


def test_control_without_the_lock_more_than_one_officer_decides(
    together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, the test above proves nothing."""

    def unlocked(case_id: UUID) -> VerificationCase:
        return VerificationCase.objects.select_related("doctor").get(public_id=case_id)

    monkeypatch.setattr(locks, "case_locked", unlocked)
    for _ in range(10):
        outcomes = contest(together, case_in(Status.PENDING))
        if sum(outcome.error is None for outcome in outcomes) > 1:
            return
    pytest.fail("Ten contests without the lock, and never two decisions")


def test_officers_starting_a_case_at_once_come_to_the_same_one(together: Together) -> None:
    doctor = DoctorFactory.create()

    outcomes = together([partial(services.case_open, actor=officer(), doctor_id=doctor.public_id)] * OFFICERS)

    assert {outcome.value for outcome in outcomes} == {VerificationCase.objects.get(doctor=doctor)}


def test_officers_taking_a_case_up_again_at_once_make_one_new_case(together: Together) -> None:
    case = case_in(Status.REJECTED)

    outcomes = together([partial(services.case_reopen, actor=officer(), case_id=case.public_id)] * OFFICERS)

    assert {outcome.value for outcome in outcomes} == {VerificationCase.objects.get(previous=case)}

"""Every service from every state: it moves, answers a repeat, or refuses and leaves everything as it was."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from accounts.models import User
from audit.models import Event
from common.errors import Conflict
from doctors.models import Doctor
from notifications.models import Message
from verification import services
from verification.models import ChecklistItem, VerificationCase
from verification.states import REOPENABLE, Status
from verification.tests.factories import CaseFactory, officer

pytestmark = pytest.mark.django_db

Run = Callable[[User, VerificationCase], VerificationCase]

SERVICES: dict[str, Run] = {
    "submit": lambda actor, case: services.case_submit(actor=actor, case_id=case.public_id),
    "approve": lambda actor, case: services.case_approve(actor=actor, case_id=case.public_id),
    "reject": lambda actor, case: services.case_reject(actor=actor, case_id=case.public_id, reason="Not found."),
    "suspend": lambda actor, case: services.doctor_suspend(
        actor=actor, doctor_id=case.doctor.public_id, reason="A concern."
    ),
    "reopen": lambda actor, case: services.case_reopen(actor=actor, case_id=case.public_id),
}
MOVES: dict[tuple[str, Status], Status] = {
    ("submit", Status.DRAFT): Status.PENDING,
    ("approve", Status.PENDING): Status.VERIFIED,
    ("reject", Status.PENDING): Status.REJECTED,
    ("suspend", Status.VERIFIED): Status.SUSPENDED,
    ("suspend", Status.EXPIRED): Status.SUSPENDED,
    **{("reopen", status): Status.PENDING for status in sorted(REOPENABLE)},
}
# Putting into the queue what waits there already is a repeat, whoever asks.
REPEATS = {("submit", Status.PENDING)}


def case_taken_by(actor: User, status: Status) -> VerificationCase:
    """Everything required is proved, and the officer has taken what can be taken: only the state may refuse."""
    return CaseFactory.create(status=status, ready=True, claimed_by=actor if status == Status.PENDING else None)


@pytest.mark.parametrize(("name", "status"), list(MOVES))
def test_an_allowed_move_changes_the_case_and_the_doctor_together(name: str, status: Status) -> None:
    actor = officer()
    case = case_taken_by(actor, status)

    moved = SERVICES[name](actor, case)

    moved.refresh_from_db()
    assert moved.status == MOVES[name, status]
    assert Doctor.objects.get(pk=case.doctor_id).verification_status == moved.status
    assert Event.objects.filter(action__startswith="verification.", actor_id=actor.public_id).count() == 1
    assert moved.history.first().history_user == actor


@pytest.mark.parametrize(
    ("name", "status"), [pair for pair in product(SERVICES, Status) if pair not in MOVES and pair not in REPEATS]
)
def test_every_other_move_is_refused_and_changes_nothing(name: str, status: Status) -> None:
    actor = officer()
    case = case_taken_by(actor, status)
    before = _everything()

    with pytest.raises(Conflict) as refusal:
        SERVICES[name](officer(), case)

    assert refusal.value.code == "illegal_transition"
    assert refusal.value.data["current"] == status.value
    assert _everything() == before


@pytest.mark.parametrize("name", [name for name, _ in MOVES])
def test_repeating_a_move_answers_like_the_first_and_writes_nothing(name: str) -> None:
    actor = officer()
    case = case_taken_by(actor, next(status for moved, status in MOVES if moved == name))
    first = SERVICES[name](actor, case)
    before = _everything()

    assert SERVICES[name](actor, case) == first
    assert _everything() == before


def _everything() -> list[Any]:
    return [
        list(VerificationCase.objects.order_by("pk").values()),
        list(ChecklistItem.objects.order_by("pk").values()),
        list(Doctor.objects.order_by("pk").values()),
        VerificationCase.history.count(),
        Event.objects.count(),
        Message.objects.count(),
    ]

"""Who works on which case."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from accounts.models import User
from common import clock
from common.errors import Conflict, Invalid
from verification import locks, policies
from verification.models import VerificationCase
from verification.selectors import officers_for, waits_for_check
from verification.services import steps


@transaction.atomic
def case_claim(*, actor: User, case_id: UUID) -> VerificationCase:
    """Take a case that waits for a decision, or for a check of what was renewed. Taking one's own again is no error.

    Raises `NotFound`, `Forbidden`, `Conflict` (`already_claimed`, data `by`; `nothing_to_check`, data `current`).
    """
    case = locks.case_locked(case_id)
    policies.assert_may_decide(actor, case.doctor)
    _assert_waits(case)
    if case.assignee_id == actor.pk:
        return case
    if case.assignee is not None:
        by = case.assignee.shown_name
        raise Conflict("already_claimed", f"{by} has taken this case already.", by=by)
    case.assignee, case.claimed_at = actor, clock.now()
    steps.write(case, "claimed", actor=actor)
    return case


@transaction.atomic
def case_release(*, actor: User, case_id: UUID) -> VerificationCase:
    """Give one's own case back to the queue. Nobody's case is no error.

    Raises `NotFound`, `Forbidden`, and `Conflict` (`not_claimed`, data `by`) for a colleague's.
    """
    case = locks.case_locked(case_id)
    policies.assert_may_decide(actor, case.doctor)
    if case.assignee_id is None:
        return case
    policies.assert_has_claimed(actor, case)
    case.assignee, case.claimed_at = None, None
    steps.write(case, "released", actor=actor)
    return case


@transaction.atomic
def case_assign(*, actor: User, case_id: UUID, assignee_id: UUID) -> VerificationCase:
    """Give a case to a colleague or to oneself, also one that somebody who is away has taken.

    Raises `NotFound`, `Forbidden`, `Conflict` (`nothing_to_check`), and `Invalid` (field `assignee`) for somebody who
    is no active officer, or whose own case it is.
    """
    case = locks.case_locked(case_id)
    policies.assert_may_decide(actor, case.doctor)
    _assert_waits(case)
    assignee = officers_for(case).filter(public_id=assignee_id).first()
    if assignee is None:
        message = "Choose a verification officer who may decide this case."
        raise Invalid("not_an_officer", message, fields={"assignee": [message]})
    if case.assignee_id == assignee.pk:
        return case
    case.assignee, case.claimed_at = assignee, clock.now()
    steps.write(case, "assigned", actor=actor, to=str(assignee.public_id))
    return case


def _assert_waits(case: VerificationCase) -> None:
    if not waits_for_check(case):
        message = "Nothing of this case waits for an officer at the moment."
        raise Conflict("nothing_to_check", message, current=case.status)

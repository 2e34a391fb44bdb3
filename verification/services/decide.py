"""The officers' verdict on a case that waits. The doctor, their page and bookability follow in the same transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from psycopg import errors

from accounts.models import User
from booking.services import listing_refresh
from common import clock
from common.errors import Conflict
from doctors.models.people import NUMBER_PROVED_ONCE
from doctors.services import doctor_set_verification
from verification import locks, policies
from verification.models import VerificationCase
from verification.selectors import number_is_proved, unproved, verification_settings, waits_for_scanner
from verification.services import steps
from verification.states import REQUIRED, ItemKind, ReasonCode, Status, assert_can_move


def case_approve(*, actor: User, case_id: UUID, note: str = "") -> VerificationCase:
    """Verify the doctor: the page goes public and the calendar opens with the commit.

    Where two persons approve, the first one's approval is noted, and another person's completes it, who need not have
    taken the case. The first decision wins: whoever comes later gets `Conflict` (`illegal_transition`, data
    `current`); the same person repeating it gets the same answer. Raises `NotFound`, `Forbidden`, `Conflict`
    (`not_claimed`; `unproved` or `still_being_checked`, data `items`; `gmc_number_taken`).
    """
    try:
        with transaction.atomic():
            return _approve(actor, locks.case_locked(case_id), note.strip())
    except IntegrityError as error:
        cause = error.__cause__
        if isinstance(cause, errors.UniqueViolation) and cause.diag.constraint_name == NUMBER_PROVED_ONCE:
            raise _number_taken() from error
        raise


def _approve(actor: User, case: VerificationCase, note: str) -> VerificationCase:
    policies.assert_may_decide(actor, case.doctor)
    if _was_decided_by(case, actor, Status.VERIFIED):
        return case
    assert_can_move(case.status, Status.VERIFIED)
    is_by_two = verification_settings().second_person
    _clear_what_counts_no_more(case, actor)
    if is_by_two and case.first_approved_by_id == actor.pk:
        return case
    if case.first_approved_by_id is None or not is_by_two:
        policies.assert_has_claimed(actor, case)
    now = clock.now()
    _assert_proved(case, now)
    case.note = note or case.note
    if is_by_two and case.first_approved_by_id is None:
        case.first_approved_by, case.first_approved_at = actor, now
        steps.write(case, "first_approved", actor=actor)
        return case
    steps.take_decision(case, Status.VERIFIED, actor=actor, now=now)
    steps.write(case, "approved", actor=actor, persons=2 if is_by_two else 1)
    doctor_set_verification(actor=actor, doctor_id=case.doctor.public_id, status=Status.VERIFIED, now=now)
    listing_refresh(doctor_id=case.doctor.pk, now=now)
    steps.tell(case, "verification_approved", now)
    return case


@transaction.atomic
def case_reject(*, actor: User, case_id: UUID, reason: str, reason_code: str = ReasonCode.OTHER) -> VerificationCase:
    """Refuse the doctor. `reason` is for the record, the words of `reason_code` are what the doctor is told.

    Raises `NotFound`, `Forbidden`, `Conflict` (`illegal_transition`, `not_claimed`) and `Invalid` (field `reason` or
    `reason_code`). Repeating it gets the same answer.
    """
    case = locks.case_locked(case_id)
    policies.assert_may_decide(actor, case.doctor)
    if _was_decided_by(case, actor, Status.REJECTED):
        return case
    assert_can_move(case.status, Status.REJECTED)
    policies.assert_has_claimed(actor, case)
    now = clock.now()
    steps.give_reason(case, reason, reason_code)
    steps.take_decision(case, Status.REJECTED, actor=actor, now=now)
    steps.write(case, "rejected", actor=actor, reason=reason_code)
    doctor_set_verification(actor=actor, doctor_id=case.doctor.public_id, status=Status.REJECTED, now=now)
    steps.tell(case, "verification_rejected", now, reason=steps.reason_words(case))
    return case


def _clear_what_counts_no_more(case: VerificationCase, actor: User) -> None:
    """The first approval of somebody who has left, may not decide any more, or turns out to be the doctor."""
    first = case.first_approved_by
    if first is not None and not policies.may_decide(first, case.doctor):
        case.first_approved_by, case.first_approved_at = None, None
        steps.record(case, "first_approval_void", actor=actor)


def _was_decided_by(case: VerificationCase, actor: User, status: Status) -> bool:
    return case.status == status and case.decided_by_id == actor.pk


def _assert_proved(case: VerificationCase, now: datetime) -> None:
    lacking = unproved(case.items.all(), now)
    if lacking or not case.items.exists():
        names = ", ".join(ItemKind(item.kind).label.lower() for item in lacking)
        raise Conflict(
            "unproved",
            f"These are not checked yet, or have run out: {names}." if names else "Nothing has been checked yet.",
            items=[item.kind for item in lacking],
        )
    if waiting := waits_for_scanner(item for item in case.items.all() if item.kind in REQUIRED):
        raise Conflict(
            "still_being_checked",
            "A file is still being checked for viruses. Try again in a minute.",
            items=[item.kind for item in waiting],
        )
    if number_is_proved(case.doctor.gmc_number, but_for=case.doctor):
        raise _number_taken()


def _number_taken() -> Conflict:
    message = "Another doctor has been verified with this GMC number. Ask this doctor for theirs, or look at the other."
    return Conflict("gmc_number_taken", message)

"""Opening, deciding and taking up again a doctor's verification. The case owns the state; the doctor, their page and
their bookability follow in the same transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from booking.services import listing_refresh
from common import clock
from common.errors import Conflict, Invalid
from doctors.models import Doctor
from doctors.services import doctor_set_verification
from notifications.services import Outgoing, messages_queue
from verification import locks, policies
from verification.models import VerificationCase
from verification.states import REOPENABLE, ReasonCode, Status, assert_can_move


@transaction.atomic
def case_open(*, actor: User, doctor_id: UUID) -> VerificationCase:
    """The doctor's first case, as a draft; asking again while it is one answers with it.

    Raises `NotFound`, `Forbidden`, and `Conflict` (`case_exists`, data `current` and `case`) once there is another.
    """
    doctor = locks.doctor_locked(doctor_id)
    policies.assert_may_decide(actor, doctor)
    latest = locks.latest_case_locked(doctor)
    if latest is not None and latest.status == Status.DRAFT:
        return latest
    if latest is not None:
        raise Conflict(
            "case_exists",
            f"{doctor.name} already has a case: {Status(latest.status).label.lower()}.",
            current=latest.status,
            case=str(latest.public_id),
        )
    case = VerificationCase(doctor=doctor, created_at=clock.now())
    _write(case, actor, "opened")
    return case


@transaction.atomic
def case_submit(*, actor: User, case_id: UUID) -> VerificationCase:
    """Puts a draft into the queue. Raises `NotFound`, `Forbidden`, `Conflict` (`illegal_transition`)."""
    case = locks.case_locked(case_id)
    policies.assert_may_decide(actor, case.doctor)
    if case.status == Status.PENDING:
        return case
    # The way from a refusal back to the queue is a new case: see `case_reopen`.
    if case.status != Status.DRAFT:
        raise Conflict("illegal_transition", "This case has been decided already.", current=case.status)
    now = clock.now()
    case.status, case.submitted_at = Status.PENDING, now
    _write(case, actor, "submitted")
    doctor_set_verification(actor=actor, doctor_id=case.doctor.public_id, status=Status.PENDING, now=now)
    return case


@transaction.atomic
def case_approve(*, actor: User, case_id: UUID, note: str = "") -> VerificationCase:
    """Verifies the doctor: the page goes public and the calendar opens with the commit.

    The first decision wins: whoever comes second gets `Conflict` (`illegal_transition`, data `current`); the same
    officer repeating it gets the same answer. Raises `NotFound`, `Forbidden`.
    """
    case = locks.case_locked(case_id)
    policies.assert_may_decide(actor, case.doctor)
    if _was_decided_by(case, actor, Status.VERIFIED):
        return case
    assert_can_move(case.status, Status.VERIFIED)
    now = clock.now()
    case.note = note.strip()
    _decide(case, actor, Status.VERIFIED, now)
    _write(case, actor, "approved")
    doctor_set_verification(actor=actor, doctor_id=case.doctor.public_id, status=Status.VERIFIED, now=now)
    listing_refresh(doctor_id=case.doctor.pk, now=now)
    _tell(case, "verification_approved", now)
    return case


@transaction.atomic
def case_reject(*, actor: User, case_id: UUID, reason: str, reason_code: str = ReasonCode.OTHER) -> VerificationCase:
    """Refuses the doctor, for a reason. Raises as `case_approve` does, and `Invalid` (field `reason`) without one."""
    case = locks.case_locked(case_id)
    policies.assert_may_decide(actor, case.doctor)
    if _was_decided_by(case, actor, Status.REJECTED):
        return case
    assert_can_move(case.status, Status.REJECTED)
    now = clock.now()
    _give_reason(case, reason, reason_code)
    _decide(case, actor, Status.REJECTED, now)
    _write(case, actor, "rejected", reason=reason_code)
    doctor_set_verification(actor=actor, doctor_id=case.doctor.public_id, status=Status.REJECTED, now=now)
    _tell(case, "verification_rejected", now)
    return case


@transaction.atomic
def doctor_suspend(
    *, actor: User, doctor_id: UUID, reason: str, reason_code: str = ReasonCode.OTHER
) -> VerificationCase:
    """Takes the page down and closes the calendar at once. Appointments already booked stay as they are.

    Raises `NotFound`, `Forbidden`, `Conflict` (`illegal_transition`) where the doctor is not verified, and `Invalid`
    (field `reason`) without a reason.
    """
    doctor = locks.doctor_locked(doctor_id)
    policies.assert_may_decide(actor, doctor)
    case = locks.latest_case_locked(doctor)
    if case is None:
        raise Conflict("illegal_transition", "This doctor has not been verified.", current=Status.DRAFT.value)
    if _was_decided_by(case, actor, Status.SUSPENDED):
        return case
    assert_can_move(case.status, Status.SUSPENDED)
    now = clock.now()
    _give_reason(case, reason, reason_code)
    _decide(case, actor, Status.SUSPENDED, now)
    _write(case, actor, "suspended", reason=reason_code)
    doctor_set_verification(actor=actor, doctor_id=doctor.public_id, status=Status.SUSPENDED, now=now)
    _tell(case, "verification_suspended", now)
    return case


@transaction.atomic
def case_reopen(*, actor: User, case_id: UUID, note: str = "") -> VerificationCase:
    """A new, pending case after a refusal, a suspension or an expiry; the old one stays as it was decided.

    Asking again while that new case waits answers with it. Raises `NotFound`, `Forbidden`, `Conflict`
    (`illegal_transition`, data `current`).
    """
    case = locks.case_locked(case_id)
    policies.assert_may_decide(actor, case.doctor)
    successor = VerificationCase.objects.filter(previous=case).first()
    if successor is not None and successor.status == Status.PENDING:
        return successor
    if successor is not None or case.status not in REOPENABLE:
        current = (successor or case).status
        raise Conflict("illegal_transition", "This case can no longer be taken up again.", current=current)
    now = clock.now()
    reopened = VerificationCase(
        doctor=case.doctor, previous=case, status=Status.PENDING, created_at=now, submitted_at=now, note=note.strip()
    )
    _write(reopened, actor, "reopened")
    doctor_set_verification(actor=actor, doctor_id=case.doctor.public_id, status=Status.PENDING, now=now)
    return reopened


def _was_decided_by(case: VerificationCase, actor: User, status: Status) -> bool:
    return case.status == status and case.decided_by_id == actor.pk


def _give_reason(case: VerificationCase, reason: str, reason_code: str) -> None:
    if not reason.strip():
        raise Invalid("reason_needed", "Say why.", fields={"reason": ["Say why: the record keeps it."]})
    if reason_code not in ReasonCode:
        raise Invalid("unknown_reason", "Choose a reason.", fields={"reason_code": ["Choose a reason."]})
    case.reason, case.reason_code = reason.strip(), reason_code


def _decide(case: VerificationCase, actor: User, status: Status, now: datetime) -> None:
    case.status, case.decided_by, case.decided_at = status, actor, now


def _write(case: VerificationCase, actor: User, verb: str, **data: Any) -> None:
    """Saves the row with its history under the actor's name (also outside a request), and the audit event."""
    case._history_user = actor  # type: ignore[attr-defined]  # noqa: SLF001
    case.save()
    event_record(f"verification.{verb}", case, actor=actor, doctor=str(case.doctor.public_id), **data)


def _tell(case: VerificationCase, kind: str, now: datetime) -> None:
    doctor: Doctor = case.doctor
    if doctor.user is None:
        return
    facts = {"doctor": doctor.name, "reason": ReasonCode(case.reason_code).label if case.reason_code else ""}
    message = Outgoing(kind=kind, user=doctor.user, facts=facts, dedupe_key=f"{kind}:{case.public_id}")
    messages_queue(messages=[message], now=now)

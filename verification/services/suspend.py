"""Taking a verified doctor's rights away at once, and what follows for those who had booked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.services import sessions_end
from booking.models import Cancelling
from booking.services import appointments_cancel_by_clinic
from common import clock
from common.errors import Conflict
from doctors.models import Doctor
from doctors.services import doctor_set_verification
from verification import locks, policies
from verification.models import VerificationCase
from verification.selectors import can_be_suspended
from verification.services import steps
from verification.states import ReasonCode, Status, assert_can_move


@transaction.atomic
def doctor_suspend(
    *, actor: User, doctor_id: UUID, reason: str, reason_code: str = ReasonCode.OTHER
) -> VerificationCase:
    """Take the page down, close the calendar and end the doctor's sessions and tokens, all with the commit.

    Nobody has to take the case first, and a doctor whose verification has expired can be suspended too, also while
    they renew it: what they have begun is over then, and an officer takes it up again. Appointments stay until
    `barred_appointments_cancel`. Raises `NotFound`, `Forbidden`, `Conflict` (`illegal_transition`), `Invalid`
    (field `reason` or `reason_code`).
    """
    doctor = locks.doctor_locked(doctor_id)
    policies.assert_may_decide(actor, doctor)
    case = locks.latest_case_locked(doctor)
    if case is None:
        raise Conflict("illegal_transition", "This doctor has not been verified.", current=Status.DRAFT.value)
    if case.status == Status.SUSPENDED and case.decided_by_id == actor.pk:
        return case
    assert_can_move(case.status, Status.SUSPENDED)
    if not can_be_suspended(case):
        raise Conflict("illegal_transition", "This doctor has no approval to take away.", current=case.status)
    now = clock.now()
    case.submitted_at = case.submitted_at or now
    steps.give_reason(case, reason, reason_code)
    steps.take_decision(case, Status.SUSPENDED, actor=actor, now=now)
    steps.write(case, "suspended", actor=actor, reason=reason_code)
    doctor_set_verification(actor=actor, doctor_id=doctor.public_id, status=Status.SUSPENDED, now=now)
    _sign_out(doctor, actor)
    steps.tell(case, "verification_suspended", now, reason=steps.reason_words(case))
    return case


def barred_appointments_cancel(
    *, actor: User, doctor_id: UUID, appointment_ids: Sequence[UUID] | None = None, now: datetime | None = None
) -> Cancelling:
    """Cancel the appointments still to come of a doctor who may not work here, all or some, and tell the patients.

    That is whoever is suspended, or whose renewal was rejected, until they are verified again. Each is cancelled by
    itself, and those that were before are no error. Raises `NotFound`, `Forbidden`, `Conflict` (`not_barred`, data
    `current`).
    """
    with transaction.atomic():
        doctor = locks.doctor_locked(doctor_id)
        policies.assert_may_decide(actor, doctor)
        if not doctor.is_barred:
            message = "This doctor may work here, so their appointments stay."
            raise Conflict("not_barred", message, current=doctor.verification_status)
    return appointments_cancel_by_clinic(
        actor=actor, doctor_id=doctor_id, appointment_ids=appointment_ids, now=now or clock.now()
    )


def _sign_out(doctor: Doctor, actor: User) -> None:
    if doctor.user is not None:
        sessions_end(user_id=doctor.user.public_id, actor=actor)

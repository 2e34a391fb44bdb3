"""What becomes of a prescription once it is signed. Each of these is a verb of its own over one step."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from common import clock
from common.errors import Conflict, Invalid
from records.locks import doctor_locked, prescription_locked, prescription_with_doctor_locked, standing_unlocked
from records.models import Prescription
from records.policies import (
    assert_may_end_prescription,
    assert_may_sign_prescription,
    assert_may_write_prescription,
    is_prescriber,
)
from records.selectors import prescription_for
from records.services.prescriptions.steps import (
    REASON_LENGTH,
    draft_add,
    read_before_change,
    signed_by_its_text,
    tell_the_patient,
    tell_the_prescriber,
    write,
)
from records.states import STANDING, PrescriptionStatus, assert_prescription_can_move

_EVENTS = {
    PrescriptionStatus.ACTIVE: "prescription.resumed",
    PrescriptionStatus.ON_HOLD: "prescription.held",
    PrescriptionStatus.COMPLETED: "prescription.completed",
    PrescriptionStatus.CANCELLED: "prescription.cancelled",
    PrescriptionStatus.STOPPED: "prescription.stopped",
    PrescriptionStatus.ENTERED_IN_ERROR: "prescription.entered_in_error",
}
# All that changes what a signed prescription is: each says `after` in the audit log.
PRESCRIPTION_CHANGES = ("prescription.signed", *_EVENTS.values(), "prescription.expired")
# What any doctor who treats the patient may do with a colleague's: it takes away, and gives nothing.
_BY_COLLEAGUES = frozenset({PrescriptionStatus.ON_HOLD, PrescriptionStatus.CANCELLED, PrescriptionStatus.STOPPED})
# What says that its text may be, or was, acted on.
_RELIED_ON = frozenset({PrescriptionStatus.ACTIVE, PrescriptionStatus.COMPLETED})
# Of which the patient is told: they might go to a pharmacy with it.
_TOLD = frozenset(_EVENTS) - {PrescriptionStatus.COMPLETED}


@transaction.atomic
def prescription_hold(*, actor: User, prescription_id: UUID, reason: str) -> Prescription:
    """Nothing is to be dispensed until its doctor resumes it. See `_move` for what all of these raise."""
    return _move(actor, prescription_id, PrescriptionStatus.ON_HOLD, _reason(reason))


@transaction.atomic
def prescription_resume(*, actor: User, prescription_id: UUID) -> Prescription:
    """What was on hold may be dispensed again, to the day that was signed: by whoever could sign it today, so also
    `Forbidden` (`not_verified`)."""
    read_before_change(actor, prescription_id)
    assert_may_sign_prescription(actor, prescription_with_doctor_locked(prescription_id))
    return _move(actor, prescription_id, PrescriptionStatus.ACTIVE, "")


@transaction.atomic
def prescription_complete(*, actor: User, prescription_id: UUID) -> Prescription:
    """It is dispensed: the pharmacy has told the doctor so."""
    return _move(actor, prescription_id, PrescriptionStatus.COMPLETED, "")


@transaction.atomic
def prescription_cancel(*, actor: User, prescription_id: UUID, reason: str) -> Prescription:
    """Taken back before anything of it was dispensed."""
    return _move(actor, prescription_id, PrescriptionStatus.CANCELLED, _reason(reason))


@transaction.atomic
def prescription_stop(*, actor: User, prescription_id: UUID, reason: str) -> Prescription:
    """The patient is to stop taking it, before all of it was dispensed."""
    return _move(actor, prescription_id, PrescriptionStatus.STOPPED, _reason(reason))


@transaction.atomic
def prescription_enter_in_error(*, actor: User, prescription_id: UUID, reason: str) -> Prescription:
    """It should never have been: another patient's, say. The patient reads no more than that it does not count."""
    return _move(actor, prescription_id, PrescriptionStatus.ENTERED_IN_ERROR, _reason(reason))


@transaction.atomic
def prescription_replace(*, actor: User, prescription_id: UUID, reason: str) -> Prescription:
    """Cancel one that stands, and begin another with what it says; pressed twice, it is the same draft.

    Raises what `prescription_cancel` does, `Forbidden` (`not_treating`) and `Conflict` (`altered`).
    """
    read_before_change(actor, prescription_id)
    old = prescription_locked(prescription_id)
    assert_may_write_prescription(actor, old)
    known = old.replacements.exclude(status=PrescriptionStatus.ENTERED_IN_ERROR).first()
    if known is not None:
        return known
    old = _move(actor, prescription_id, PrescriptionStatus.CANCELLED, _reason(reason))
    content = signed_by_its_text(old).content
    return draft_add(
        actor=actor,
        doctor=old.doctor,
        patient=old.patient,
        appointment=old.appointment,
        content=content,
        replaces=old,
        now=clock.now(),
    )


def _move(actor: User, prescription_id: UUID, target: PrescriptionStatus, reason: str) -> Prescription:
    """Moved already, it is answered like the first time.

    Raises `NotFound`, `Forbidden` (`prescriber_only`, `not_treating`), `Busy`, `Invalid` (field `reason`) and
    `Conflict` (`illegal_transition`, with the `current` state: expired too, once the last day is over; `altered` for
    what is to be resumed or completed).
    """
    prescription = _held_by_who_may(actor, prescription_id, target)
    now = clock.now()
    current = prescription.status_at(now)
    if prescription.is_draft:
        raise Conflict("illegal_transition", "It is not signed yet: sign it, or throw it away.", current=current)
    if target in _RELIED_ON:
        signed_by_its_text(prescription)
    if current == target:
        return prescription
    assert_prescription_can_move(current, target)
    before = prescription.status
    write(prescription, actor=actor, status=target, reason=reason, changed_at=now)
    event_record(_EVENTS[target], prescription, actor=actor, before=before, after=target.value)
    if target in _TOLD:
        # Of each change once: it can be held and resumed several times.
        tell_the_patient(prescription, f"{target.value}:{now.isoformat()}", now)
    if not is_prescriber(actor, prescription):
        tell_the_prescriber(prescription, f"{target.value}:{now.isoformat()}", now)
    return prescription


def _held_by_who_may(actor: User, prescription_id: UUID, target: PrescriptionStatus) -> Prescription:
    """Of a colleague the row comes first, so that their suspension is before this or not at all."""
    prescription = prescription_for(actor, prescription_id)
    if target in _BY_COLLEAGUES and not is_prescriber(actor, prescription):
        assert_may_end_prescription(actor, prescription)
        actor.doctor = doctor_locked(actor.doctor.pk)
        prescription = prescription_locked(prescription_id)
        assert_may_end_prescription(actor, prescription)
        return prescription
    prescription = prescription_locked(prescription_id)
    assert_may_write_prescription(actor, prescription)
    return prescription


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason or len(reason) > REASON_LENGTH:
        problem = f"Say why, in at most {REASON_LENGTH} characters."
        raise Invalid("reason_needed", problem, fields={"reason": [problem]})
    return reason


def prescriptions_expire(*, now: datetime, batch: int = 500) -> int:
    """Write down that the last day of prescriptions is over; how many. It may run twice, and at once."""
    today = clock.clinic_day(now)
    over = Prescription.objects.filter(status__in=sorted(STANDING), valid_until__lt=today).order_by("valid_until", "pk")
    return sum(_expire(pk, now) for pk in list(over.values_list("pk", flat=True)[:batch]))


@transaction.atomic
def _expire(pk: int, now: datetime) -> int:
    prescription = standing_unlocked(pk)
    if prescription is None or prescription.status_at(now) != PrescriptionStatus.EXPIRED:
        return 0
    before = prescription.status
    write(prescription, actor=None, status=PrescriptionStatus.EXPIRED, changed_at=now)
    event_record(
        "prescription.expired", prescription, actor=None, before=before, after=PrescriptionStatus.EXPIRED.value
    )
    return 1

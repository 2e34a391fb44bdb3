"""Break-glass: one patient's record opened for an hour by somebody who says why, and what is said of it afterwards."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts.models import Patient, User
from accounts.services import emergency_mark
from audit.services import event_record
from common import clock
from common.errors import Conflict, Forbidden, Invalid
from common.fields import opened
from common.history import sign
from common.limits import Limit, spend
from common.permissions import grant, revoke
from notifications.services import Outgoing, messages_queue
from records.errors import TooManyTries
from records.locks import glass_locked, health_record_locked, person_locked
from records.models import BreakGlass
from records.policies import assert_may_break_glass, assert_may_review_glass
from records.selectors import BY_GLASS, glass_is_open, glasses_open_of, patient_exactly
from records.states import ReviewState

LASTS = timedelta(minutes=60)
LEAST_REASON, GLASS_REASON_LENGTH = 10, 500
TRIES = Limit(name="break-glass", most=10, within=timedelta(hours=1))


def glass_break(*, actor: User, who: str, birth_date: date, reason: str) -> BreakGlass:
    """Open one patient's record to the actor for 60 minutes. The view proves who they are.

    `who` is an appointment's reference or the address of the patient's account; with the date of birth it must fit
    exactly. Doing it again while it stands changes nothing. Raises `Forbidden`, `TooManyTries` and `Invalid` (fields
    `who`, `reason`); what was tried in vain is in the audit log.
    """
    assert_may_break_glass(actor)
    said = reason.strip()
    if not LEAST_REASON <= len(said) <= GLASS_REASON_LENGTH:
        problem = f"Say why in a sentence, in {LEAST_REASON} to {GLASS_REASON_LENGTH} characters."
        raise Invalid("reason_needed", problem, fields={"reason": [problem]})
    if not spend(TRIES, str(actor.public_id)):
        raise TooManyTries
    patient = patient_exactly(who, birth_date)
    if patient is None or patient.user_id == actor.pk:
        event_record("glass.refused", actor, actor=actor)
        problem = "No other patient has exactly this reference or address together with this date of birth."
        raise Invalid("no_such_patient", problem, fields={"who": [problem]})
    return _opened(actor, patient, said)


@transaction.atomic
def _opened(actor: User, patient: Patient, reason: str) -> BreakGlass:
    person_locked(actor)
    record = health_record_locked(patient)
    standing = glasses_open_of(actor).filter(patient=patient).first()
    if standing is not None:
        return standing
    now = clock.of_database()
    glass = BreakGlass(
        patient=patient,
        user=actor,
        reason=reason,
        opened_at=now,
        expires_at=now + LASTS,
        due_at=_next_day(now),
    )
    sign(glass, actor)
    glass.save(force_insert=True)
    grant(actor, BY_GLASS, record, expires_at=glass.expires_at)
    emergency_mark(user_id=actor.public_id, until=glass.expires_at)
    event_record("glass.broken", glass, actor=actor)
    messages_queue(messages=_to_patient(glass), now=now)
    return glass


@transaction.atomic
def glass_end(*, actor: User, glass_id: UUID) -> BreakGlass:
    """The person has seen enough; ended or over already is no error. Raises `NotFound` and `Busy`."""
    person_locked(actor)
    glass = glass_locked(glass_id, of=actor)
    record = health_record_locked(glass.patient)
    if glass.ended_at is not None or not glasses_open_of(actor).filter(pk=glass.pk).exists():
        return glass
    glass.ended_at = clock.of_database()
    sign(glass, actor)
    glass.save(update_fields=["ended_at"])
    revoke(actor, BY_GLASS, record)
    rest = glasses_open_of(actor).order_by("-expires_at").values_list("expires_at", flat=True).first()
    emergency_mark(user_id=actor.public_id, until=rest)
    event_record("glass.ended", glass, actor=actor)
    return glass


@transaction.atomic
def glass_review(*, actor: User, glass_id: UUID, is_justified: bool, note: str) -> BreakGlass:
    """Say of an emergency access whether it was justified; the first says it, and nobody of their own.

    Raises `NotFound`, `Forbidden` (`reviewers_only`, `own_access`), `Busy`, `Conflict` (`reviewed_already` with
    `current`, `still_open`) and `Invalid` (field `note`).
    """
    assert_may_review_glass(actor)
    glass = glass_locked(glass_id)
    if actor.pk in (glass.user_id, glass.patient.user_id):
        raise Forbidden("own_access", "Nobody reviews what they opened themselves, nor what is about them.")
    if glass.review != ReviewState.OPEN:
        raise Conflict("reviewed_already", "Somebody has reviewed this already.", current=glass.review)
    if glass_is_open(glass):
        raise Conflict("still_open", "The record is still open to them. Review it once that is over.")
    if not note.strip() or len(note) > GLASS_REASON_LENGTH:
        problem = f"Say what you found, in at most {GLASS_REASON_LENGTH} characters."
        raise Invalid("note_needed", problem, fields={"note": [problem]})
    glass.review = ReviewState.JUSTIFIED if is_justified else ReviewState.NOT_JUSTIFIED
    glass.reviewed_by, glass.reviewed_at = actor, clock.of_database()
    # Behind what was said of it while it was open, when that was allowed still.
    glass.review_note = "\n\n".join(filter(None, (opened(glass, "review_note"), note.strip())))
    sign(glass, actor)
    glass.save(update_fields=["review", "reviewed_by", "reviewed_at", "review_note"])
    event_record("glass.reviewed", glass, actor=actor, finding=glass.review)
    return glass


def _next_day(now: datetime) -> datetime:
    return clock.end_of_day(clock.clinic_day(now) + timedelta(days=1), clock.clinic_zone())


def _to_patient(glass: BreakGlass) -> list[Outgoing]:
    """Neither who nor why: that is read behind the sign-in."""
    if glass.patient.user is None:
        return []
    facts = {"path": reverse("records:who_can_see")}
    key = f"record_opened:{glass.public_id}"
    return [Outgoing(kind="record_opened", user=glass.patient.user, facts=facts, dedupe_key=key)]

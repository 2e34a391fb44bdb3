from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.locks import lock_consent, lock_consent_question
from accounts.models import Agreement, ConsentQuestion, ConsentRecord, Patient, User
from accounts.selectors import consent_of
from audit.services import event_record
from common import clock
from common.errors import Invalid

_WORDS = ("statement", "more")


@transaction.atomic
def consent_question_keep(*, actor: User, question: ConsentQuestion) -> ConsentQuestion:
    """Save what an administrator has written; other words than before are the next version, asked of everybody anew.

    `question` is new, or carries the edited values of a row. Raises `NotFound` and `Busy`.
    """
    is_new = question.pk is None
    if not is_new:
        held = lock_consent_question(question.pk)
        is_reworded = any(getattr(held, name) != getattr(question, name) for name in _WORDS)
        question.version = held.version + is_reworded
    question._history_user = actor  # type: ignore[attr-defined]  # noqa: SLF001
    question.save()
    action = "consent_question.added" if is_new else "consent_question.changed"
    event_record(action, question, actor=actor, code=question.code, version=question.version)
    return question


def consents_give(
    *,
    actor: User,
    patient: Patient,
    open_ids: Iterable[int],
    agreed: Iterable[Agreement],
    source: UUID,
    now: datetime,
) -> None:
    """Record what was agreed to of the questions that are open for a patient, whose row the caller has locked.

    `source` is what they do with it. Raises `Invalid` (`consent_needed`, with a field
    `consent_…` each) where one that is required was not agreed to, or in other words than today's.
    """
    questions = list(ConsentQuestion.objects.filter(pk__in=list(open_ids)))
    given = set(agreed)
    missing = {
        question.field_name: [_asked_again(question, given)]
        for question in questions
        if question.is_required and question.agreement not in given
    }
    if missing:
        raise Invalid("consent_needed", "Please read and tick what the clinic has to ask of you.", fields=missing)
    records = [_record(question, actor, patient, source, now) for question in questions if question.agreement in given]
    for record in ConsentRecord.objects.bulk_create(records):
        event_record(
            "consent.given", record, actor=actor, on_behalf_of=_helped(actor, patient), code=record.question.code
        )


@transaction.atomic
def consent_take_back(*, actor: User, consent_id: UUID, now: datetime | None = None) -> ConsentRecord:
    """The patient no longer agrees: from now on, and the record of what held until then stays.

    Said twice it changes nothing. Raises `NotFound` and `Busy`.
    """
    now = now or clock.now()
    record = lock_consent(consent_of(actor, consent_id))
    if record.status == ConsentRecord.Status.INACTIVE:
        return record
    before, record.status, record.ended_at = record.status, ConsentRecord.Status.INACTIVE, now
    record.save(update_fields=["status", "ended_at"])
    event_record(
        "consent.taken_back", record, actor=actor, code=record.question.code, before=before, after=record.status
    )
    return record


def _asked_again(question: ConsentQuestion, given: set[Agreement]) -> str:
    if any(agreement.code == question.code for agreement in given):
        return "The clinic has changed these words. Read them again, and tick them if you agree."
    # Beside the box these words come twice; in the summary at the top nothing else says which box it is.
    return f"To go on, tick “{question.statement}”"


def _record(question: ConsentQuestion, actor: User, patient: Patient, source: UUID, now: datetime) -> ConsentRecord:
    return ConsentRecord(
        question=question,
        patient=patient,
        given_by=actor,
        source=source,
        version=question.version,
        statement=question.statement,
        more=question.more,
        given_at=now,
    )


def _helped(actor: User, patient: Patient) -> Patient | None:
    return None if patient.user_id == actor.pk else patient

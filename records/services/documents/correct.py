"""Mistakes: a document that was entered in error, and one that was filed at the wrong patient."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from booking.models import Appointment
from common import clock
from common.errors import Conflict, Invalid
from common.uploads.services import upload_copy, upload_copying
from records.locks import document_locked, patients_locked
from records.models import Document
from records.policies import assert_may_add_to, assert_may_correct
from records.selectors import document_for, has_other_versions, visits_to_move_to
from records.services.documents.add import assert_within_quota
from records.services.documents.check import tell_the_patient
from records.services.documents.steps import capacity_of
from records.states import DocumentStatus, assert_document_can_move

REASON_LENGTH = 500


@transaction.atomic
def document_error(*, actor: User, document_id: UUID, reason: str) -> Document:
    """Mark a document as entered in error: nobody but whoever added it opens it any more. Again is no error.

    Where it counted, the last version before it that is no mistake counts again. Raises `NotFound`, `Forbidden`
    (`adder_only`), `Busy`, and `Invalid` (`reason_needed`, field `reason`).
    """
    document_for(actor, document_id)
    document = document_locked(document_id)
    assert_may_correct(actor, document)
    if document.status == DocumentStatus.ENTERED_IN_ERROR:
        return document
    counted = document.status == DocumentStatus.CURRENT and document.is_readable
    _mark(document, reason, clock.now())
    if counted:
        _let_the_last_count_again(document, actor)
    event_record("document.entered_in_error", document, actor=actor, capacity=capacity_of(actor, document))
    return document


def document_move(*, actor: User, document_id: UUID, appointment_id: UUID, reason: str) -> Document:
    """File a document where it belongs: at a visit of another patient's with the doctor who added it.

    At the wrong patient it stays as entered in error, which nobody else opens; the new one's patient is told. A version
    that would count there instead stands in the way. Raises `NotFound`, `Forbidden` (`adder_only`), `Busy`, `Conflict`
    (`illegal_transition`, `other_versions`), and `Invalid` (`reason_needed`,
    `visit`, `quota`, fields `reason`, `visit`, `file`).
    """
    document = document_for(actor, document_id)
    visit = _right_visit(actor, document, appointment_id)
    _assert_can_move(actor, document)
    with upload_copying(document) as key:
        _, right = patients_locked(document.patient, visit.patient)
        document = document_locked(document_id)
        _assert_can_move(actor, document)
        assert_may_add_to(actor, right)
        assert_within_quota(right, document.size)
        now = clock.now()
        _mark(document, reason, now)
        moved = Document(
            patient=right,
            appointment=visit,
            doctor=document.doctor,
            category=document.category,
            title=document.title,
            moved_from=document,
        )
        upload_copy(row=moved, source=document, key=key, now=now)
        event_record("document.moved", document, actor=actor, capacity="doctor", to=str(moved.public_id))
        event_record("document.moved_here", moved, actor=actor, capacity="doctor", origin=str(document.public_id))
        tell_the_patient(moved, now)
        return moved


def _right_visit(actor: User, document: Document, appointment_id: UUID) -> Appointment:
    visits = visits_to_move_to(actor, document, now=clock.now())
    visit = next((one for one in visits if one.public_id == appointment_id), None)
    if visit is None:
        problem = "Choose one of your visits with another patient."
        raise Invalid("visit", problem, fields={"visit": [problem]})
    return visit


def _assert_can_move(actor: User, document: Document) -> None:
    assert_may_correct(actor, document)
    if document.doctor_id is None or not document.is_readable:
        message = "Only what a doctor has added, and is checked, can be moved."
        raise Conflict("illegal_transition", message, current=document.status)
    if has_other_versions(document):
        message = (
            "This document has other versions. Mark those as entered in error first, then move this one, "
            "and add them to the other record."
        )
        raise Conflict("other_versions", message, current=document.status)


def _mark(document: Document, reason: str, now: datetime) -> None:
    if not reason.strip() or len(reason) > REASON_LENGTH:
        problem = f"Say why, in at most {REASON_LENGTH} characters."
        raise Invalid("reason_needed", problem, fields={"reason": [problem]})
    assert_document_can_move(document.status, DocumentStatus.ENTERED_IN_ERROR)
    document.status, document.corrected_at = DocumentStatus.ENTERED_IN_ERROR, now
    document.error_reason = reason.strip()
    document.save(update_fields=["status", "corrected_at", "error_reason"])


def _let_the_last_count_again(document: Document, actor: User) -> None:
    """Where what counted was the mistake, the nearest version before it that is clean and no mistake counts."""
    earlier = document.replaces
    while earlier is not None:
        earlier = document_locked(earlier.public_id)
        if earlier.is_readable:
            break
        earlier = earlier.replaces
    if earlier is None or earlier.status != DocumentStatus.SUPERSEDED:
        return
    assert_document_can_move(earlier.status, DocumentStatus.CURRENT)
    earlier.status = DocumentStatus.CURRENT
    earlier.save(update_fields=["status"])
    event_record("document.restored", earlier, actor=actor, capacity=capacity_of(actor, earlier))

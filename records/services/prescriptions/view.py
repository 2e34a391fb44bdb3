from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.models import User
from audit.services import event_record
from common import clock
from common.errors import NotFound
from records.models import Prescription
from records.policies import is_prescriber, opens_as_carer
from records.selectors import prescription_for
from records.services.prescriptions.steps import signed_by_its_text
from records.states import PrescriptionStatus


def prescription_viewed(*, actor: User, prescription: Prescription) -> None:
    """Say in the audit log that a doctor or a carer read a prescription; patients who read their own leave no trace,
    nor do doctors who go on with a draft, which nobody else can read.

    If it cannot be said, nothing is to be shown: let the error pass.
    """
    is_by_prescriber = is_prescriber(actor, prescription)
    is_own_draft = is_by_prescriber and prescription.is_draft
    if is_own_draft or (prescription.patient.user_id == actor.pk and not is_by_prescriber):
        return
    capacity = "carer" if opens_as_carer(actor, prescription) else "doctor"
    event_record("prescription.viewed", prescription, actor=actor, capacity=capacity)


def prescription_download(*, actor: User, prescription_id: UUID) -> bytes:
    """The PDF of a signed prescription, with what became of it. Also a patient's own look stands in the log: the file
    leaves the house.

    Raises `NotFound`, also for what is not signed or does not count, and `Conflict` (`altered`).
    """
    prescription = prescription_for(actor, prescription_id)
    status = prescription.status_at(clock.now())
    if not prescription.is_signed or status == PrescriptionStatus.ENTERED_IN_ERROR:
        raise NotFound("We cannot find that prescription.")
    # Only now, as receipts do: every process would load what few draw with.
    from records.prescription_pdf import prescription_pdf

    drawn = prescription_pdf(prescription, signed_by_its_text(prescription), status)
    as_carer: dict[str, Any] = {"capacity": "carer"} if opens_as_carer(actor, prescription) else {}
    event_record("prescription.downloaded", prescription, actor=actor, **as_carer)
    return drawn

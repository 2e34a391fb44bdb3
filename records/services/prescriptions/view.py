from __future__ import annotations

from accounts.models import User
from audit.services import event_record
from records.models import Prescription
from records.policies import is_prescriber


def prescription_viewed(*, actor: User, prescription: Prescription) -> None:
    """Say in the audit log that a doctor read a prescription; patients who read their own leave no trace, nor do
    doctors who go on with a draft, which nobody else can read.

    If it cannot be said, nothing is to be shown: let the error pass.
    """
    is_by_prescriber = is_prescriber(actor, prescription)
    is_own_draft = is_by_prescriber and prescription.is_draft
    if is_own_draft or (prescription.patient.user_id == actor.pk and not is_by_prescriber):
        return
    event_record("prescription.viewed", prescription, actor=actor, capacity="doctor")

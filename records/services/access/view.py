from __future__ import annotations

from accounts.models import Patient, User
from audit.services import event_record


def record_viewed(*, actor: User, patient: Patient) -> None:
    """Say in the audit log that somebody opened a patient's record as a doctor.

    If it cannot be said, nothing is to be shown: let the error pass.
    """
    event_record("record.viewed", patient, actor=actor, capacity="doctor")

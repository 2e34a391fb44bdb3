"""What the services of documents share."""

from __future__ import annotations

from accounts.models import User
from accounts.policies import has_role
from accounts.roles import Role
from records.models import Document

CHECK_TASK = "records.check_document"


def capacity_of(actor: User, document: Document) -> str:
    """As what somebody does it, for the audit log and the patient's page."""
    if document.patient.user_id == actor.pk:
        return "patient"
    return "doctor" if has_role(actor, Role.DOCTOR) else "carer"

"""What the services of documents share."""

from __future__ import annotations

from accounts.models import User
from records.models import Document
from records.policies import opens_as_carer
from records.services.access import view as access

CHECK_TASK = "records.check_document"


def capacity_of(actor: User, document: Document) -> str:
    """As what somebody does it, for the audit log and the patient's page."""
    if document.patient.user_id == actor.pk:
        return "patient"
    if opens_as_carer(actor, document):
        return "carer"
    return access.capacity_of(actor)

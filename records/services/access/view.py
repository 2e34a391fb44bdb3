from __future__ import annotations

from accounts.models import Patient, User
from accounts.policies import has_role
from accounts.roles import Role
from audit.services import event_record


def record_viewed(*, actor: User, patient: Patient, as_carer: bool = False) -> None:
    """Say in the audit log that somebody opened a patient's record, as a doctor or as a carer.

    If it cannot be said, nothing is to be shown: let the error pass.
    """
    event_record("record.viewed", patient, actor=actor, capacity="carer" if as_carer else capacity_of(actor))


def notes_searched(*, actor: User, patient: Patient) -> None:
    """Say in the audit log that somebody searched a patient's notes, and not for what."""
    event_record("note.searched", patient, actor=actor, capacity=capacity_of(actor))


def allergies_viewed(*, actor: User, patient: Patient) -> None:
    """Say in the audit log that a doctor looked at what a patient does not bear."""
    event_record("allergy.listed", patient, actor=actor, capacity=capacity_of(actor))


def medicines_viewed(*, actor: User, patient: Patient) -> None:
    """Say in the audit log that a doctor looked at what is prescribed to a patient now, whoever has signed it."""
    event_record("prescription.listed", patient, actor=actor, capacity=capacity_of(actor))


def documents_listed(*, actor: User, patient: Patient) -> None:
    """Say in the audit log that somebody looked through the list of a patient's documents, which names their titles."""
    event_record("document.listed", patient, actor=actor, capacity=capacity_of(actor))


def capacity_of(actor: User) -> str:
    """As what somebody reads a record: as a doctor, or (in an emergency, empty here) by their office."""
    return "doctor" if has_role(actor, Role.DOCTOR) else ""

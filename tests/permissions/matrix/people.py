"""Who asks. Each is somebody of the world that `world.py` builds."""

from __future__ import annotations

from enum import StrEnum


class Who(StrEnum):
    VISITOR = "visitor"
    PATIENT_A = "patient-a"
    PATIENT_B = "patient-b"
    CARER_A = "carer-of-a"
    """Sees and books for patient A, by a relation that holds."""
    CARER_ENDED = "ended-carer"
    """Was A's carer, and held grants on A's visit: the relation is taken back, the grants have run out."""
    COLLEAGUE = "colleague"
    """Another doctor, with whom A shares the visit: holds grants on it and is asked to help A."""
    DOCTOR_NEW = "new-doctor"
    DOCTOR_SUSPENDED = "suspended-doctor"
    DOCTOR_A = "doctor-a"
    DOCTOR_B = "doctor-b"
    STAFF_HERE = "staff-here"
    STAFF_ELSEWHERE = "staff-elsewhere"
    """Works at B's place, and holds a grant to look at A's visit and no more."""
    OFFICER = "officer"
    OFFICER_DOCTOR = "officer-doctor"
    """A verification officer who is a doctor too, with a case of their own in the queue."""
    BILLING = "billing-officer"
    EDITOR = "editor"
    MODERATOR = "moderator"
    """Writes pages as an editor does, and decides about what doctors propose for theirs."""
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SUPERUSER = "superuser"


EVERYBODY = frozenset(Who)
SIGNED_IN = EVERYBODY - {Who.VISITOR}
PATIENTS = frozenset({Who.PATIENT_A, Who.PATIENT_B})
WORKING_DOCTORS = frozenset({Who.DOCTOR_A, Who.DOCTOR_B, Who.COLLEAGUE, Who.OFFICER_DOCTOR, Who.DOCTOR_NEW})
DOCTORS = WORKING_DOCTORS | {Who.DOCTOR_SUSPENDED}
STAFF = frozenset({Who.STAFF_HERE, Who.STAFF_ELSEWHERE})
OFFICERS = frozenset({Who.OFFICER, Who.OFFICER_DOCTOR, Who.ADMINISTRATOR, Who.SUPERUSER})
AUDITORS = frozenset({Who.AUDITOR, Who.SUPERUSER})
ADMINISTRATORS = frozenset({Who.ADMINISTRATOR, Who.SUPERUSER})
MODERATORS = frozenset({Who.MODERATOR, Who.ADMINISTRATOR, Who.SUPERUSER})
EDITORS = MODERATORS | {Who.EDITOR}
BILLING_OFFICERS = frozenset({Who.BILLING})
# Whom Wagtail's admin lets in at all: nobody who is only a patient, a carer, a doctor or clinic staff.
IN_THE_ADMIN = OFFICERS | AUDITORS | EDITORS | BILLING_OFFICERS
NEVER_IN_THE_ADMIN = EVERYBODY - IN_THE_ADMIN

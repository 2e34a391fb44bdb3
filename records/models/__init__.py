from records.models.allergies import Allergy
from records.models.drugs import Drug
from records.models.notes import NoteVersion, VisitNote, VisitNoteGroupGrant, VisitNoteUserGrant
from records.models.prescriptions import (
    Prescription,
    PrescriptionGroupGrant,
    PrescriptionSignature,
    PrescriptionUserGrant,
)
from records.models.settings import RecordsSettings

__all__ = [
    "Allergy",
    "Drug",
    "NoteVersion",
    "Prescription",
    "PrescriptionGroupGrant",
    "PrescriptionSignature",
    "PrescriptionUserGrant",
    "RecordsSettings",
    "VisitNote",
    "VisitNoteGroupGrant",
    "VisitNoteUserGrant",
]

from records.models.access import HealthRecord, HealthRecordGroupGrant, HealthRecordUserGrant, RecordShare
from records.models.allergies import Allergy
from records.models.break_glass import BreakGlass
from records.models.documents import Document, DocumentGroupGrant, DocumentUserGrant
from records.models.drugs import Drug
from records.models.exports import RecordExport
from records.models.note_sections import NoteSection
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
    "BreakGlass",
    "Document",
    "DocumentGroupGrant",
    "DocumentUserGrant",
    "Drug",
    "HealthRecord",
    "HealthRecordGroupGrant",
    "HealthRecordUserGrant",
    "NoteSection",
    "NoteVersion",
    "Prescription",
    "PrescriptionGroupGrant",
    "PrescriptionSignature",
    "PrescriptionUserGrant",
    "RecordExport",
    "RecordShare",
    "RecordsSettings",
    "VisitNote",
    "VisitNoteGroupGrant",
    "VisitNoteUserGrant",
]

from records.models.notes import NoteVersion, VisitNote, VisitNoteGroupGrant, VisitNoteUserGrant
from records.models.settings import RecordsSettings

__all__ = ["NoteVersion", "RecordsSettings", "VisitNote", "VisitNoteGroupGrant", "VisitNoteUserGrant"]

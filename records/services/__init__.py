from records.services.access.emergency import glass_break, glass_end, glass_review
from records.services.access.share import record_share, record_unshare
from records.services.access.view import (
    allergies_viewed,
    documents_listed,
    medicines_viewed,
    notes_searched,
    record_viewed,
)
from records.services.allergies import allergy_end, allergy_record
from records.services.documents.add import Filing, document_add, document_replace
from records.services.documents.check import document_check
from records.services.documents.correct import document_error, document_move
from records.services.documents.open import document_open
from records.services.exports.build import export_ask, export_build, export_open, exports_sweep
from records.services.exports.parts import PARTS as EXPORT_PARTS
from records.services.news import news_mark_read
from records.services.note_sections import note_sections_set
from records.services.notes.begin import note_begin
from records.services.notes.draft import note_discard, note_save
from records.services.notes.error import note_error_answer, note_error_ask, note_error_withdraw
from records.services.notes.sign import note_sign
from records.services.notes.view import note_viewed
from records.services.prescriptions.begin import prescription_begin, prescription_repeat
from records.services.prescriptions.change import (
    prescription_cancel,
    prescription_complete,
    prescription_enter_in_error,
    prescription_hold,
    prescription_replace,
    prescription_resume,
    prescription_stop,
    prescriptions_expire,
)
from records.services.prescriptions.check import Checked, prescription_check
from records.services.prescriptions.draft import (
    prescription_address_give,
    prescription_discard,
    prescription_save,
)
from records.services.prescriptions.sign import prescription_sign
from records.services.prescriptions.view import prescription_download, prescription_viewed

__all__ = [
    "EXPORT_PARTS",
    "Checked",
    "Filing",
    "allergies_viewed",
    "allergy_end",
    "allergy_record",
    "document_add",
    "document_check",
    "document_error",
    "document_move",
    "document_open",
    "document_replace",
    "documents_listed",
    "export_ask",
    "export_build",
    "export_open",
    "exports_sweep",
    "glass_break",
    "glass_end",
    "glass_review",
    "medicines_viewed",
    "news_mark_read",
    "note_begin",
    "note_discard",
    "note_error_answer",
    "note_error_ask",
    "note_error_withdraw",
    "note_save",
    "note_sections_set",
    "note_sign",
    "note_viewed",
    "notes_searched",
    "prescription_address_give",
    "prescription_begin",
    "prescription_cancel",
    "prescription_check",
    "prescription_complete",
    "prescription_discard",
    "prescription_download",
    "prescription_enter_in_error",
    "prescription_hold",
    "prescription_repeat",
    "prescription_replace",
    "prescription_resume",
    "prescription_save",
    "prescription_sign",
    "prescription_stop",
    "prescription_viewed",
    "prescriptions_expire",
    "record_share",
    "record_unshare",
    "record_viewed",
]

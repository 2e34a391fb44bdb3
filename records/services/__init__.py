from records.services.notes.begin import note_begin
from records.services.notes.draft import note_discard, note_save
from records.services.notes.error import note_error_answer, note_error_ask, note_error_withdraw
from records.services.notes.sign import note_sign
from records.services.notes.view import note_viewed

__all__ = [
    "note_begin",
    "note_discard",
    "note_error_answer",
    "note_error_ask",
    "note_error_withdraw",
    "note_save",
    "note_sign",
    "note_viewed",
]

from records.services.begin import note_begin
from records.services.draft import note_discard, note_save
from records.services.error import note_error_answer, note_error_ask, note_error_withdraw
from records.services.sign import note_sign
from records.services.view import note_viewed

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

from records.selectors.access import patients_treated_by, record_rules, records_settings
from records.selectors.note_versions import Reading, is_whole, readings_of, signed_facts
from records.selectors.notes import (
    Waiting,
    colleague_rules,
    content_to_write,
    note_for,
    note_of_visit,
    notes_visible_to,
    record_of,
    released_rule,
    to_do_of,
)

__all__ = [
    "Reading",
    "Waiting",
    "colleague_rules",
    "content_to_write",
    "is_whole",
    "note_for",
    "note_of_visit",
    "notes_visible_to",
    "patients_treated_by",
    "readings_of",
    "record_of",
    "record_rules",
    "records_settings",
    "released_rule",
    "signed_facts",
    "to_do_of",
]

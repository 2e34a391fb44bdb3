from records.selectors.access import patients_treated_by, record_rules, records_settings
from records.selectors.allergies import allergies_visible_to
from records.selectors.drugs import REFUSED, drugs_named, drugs_to_prescribe, schedule_of
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
from records.selectors.prescription_signatures import (
    PrescriptionReading,
    SignedPrescription,
    prescription_facts,
    reading_of,
)
from records.selectors.prescription_warnings import DrugWarning, warnings_for
from records.selectors.prescriptions import (
    prescription_for,
    prescription_rules,
    prescriptions_of_doctor,
    prescriptions_of_patient,
    prescriptions_visible_to,
    signed_rule,
    standing_of,
)

__all__ = [
    "REFUSED",
    "DrugWarning",
    "PrescriptionReading",
    "Reading",
    "SignedPrescription",
    "Waiting",
    "allergies_visible_to",
    "colleague_rules",
    "content_to_write",
    "drugs_named",
    "drugs_to_prescribe",
    "is_whole",
    "note_for",
    "note_of_visit",
    "notes_visible_to",
    "patients_treated_by",
    "prescription_facts",
    "prescription_for",
    "prescription_rules",
    "prescriptions_of_doctor",
    "prescriptions_of_patient",
    "prescriptions_visible_to",
    "reading_of",
    "readings_of",
    "record_of",
    "record_rules",
    "records_settings",
    "released_rule",
    "schedule_of",
    "signed_facts",
    "signed_rule",
    "standing_of",
    "to_do_of",
    "warnings_for",
]

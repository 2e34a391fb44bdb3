"""Every row lock of records. The order is always the doctor's row, then the note's or the prescription's, then a
patient's; an appointment's comes first or is taken alone.
So is a health record's, under which every change of who may see it is made.
Of documents it is the patient's row (two of them by their keys), then the document's, then that of the version before.

Verification holds the doctor's row while it suspends, so a signature comes before a suspension or not at all.
"""

from __future__ import annotations

from uuid import UUID

from accounts.models import Patient, User
from booking.models import Appointment
from common.errors import NotFound
from common.locks import for_update, locked
from common.uploads.locks import upload_locked
from doctors.models import Doctor, Specialty
from records.models import Allergy, BreakGlass, Document, HealthRecord, Prescription, RecordExport, VisitNote
from records.models.notes import NOTE_TEXTS
from records.models.prescriptions import PRESCRIPTION_TEXTS
from records.states import STANDING


def appointment_locked(appointment: Appointment) -> Appointment:
    """Held, so that one note is begun for it. Raises `Busy`."""
    return locked(Appointment.objects.select_related("doctor", "patient"), pk=appointment.pk)


def note_locked(note_id: UUID) -> VisitNote:
    """The note, held to the transaction's end. Raises `NotFound` and `Busy`."""
    with_people = VisitNote.objects.select_related("doctor", "patient__user", "appointment")
    return locked(with_people.defer(*NOTE_TEXTS), public_id=note_id)


def note_with_doctor_locked(note_id: UUID) -> VisitNote:
    """The note, held, and before it the row of the doctor who writes it. Raises `NotFound` and `Busy`."""
    doctor_id = VisitNote.objects.filter(public_id=note_id).values_list("doctor_id", flat=True).first()
    if doctor_id is None:
        raise NotFound
    doctor = doctor_locked(doctor_id)
    note = note_locked(note_id)
    note.doctor = doctor
    return note


def prescription_locked(prescription_id: UUID) -> Prescription:
    """The prescription, held to the transaction's end. Raises `NotFound` and `Busy`."""
    with_people = Prescription.objects.select_related("doctor", "patient__user", "appointment__location", "replaces")
    return locked(with_people.defer(*PRESCRIPTION_TEXTS), public_id=prescription_id)


def prescription_with_doctor_locked(prescription_id: UUID) -> Prescription:
    """The prescription, held, and before it the row of the doctor who writes it. Raises `NotFound` and `Busy`."""
    doctor_id = Prescription.objects.filter(public_id=prescription_id).values_list("doctor_id", flat=True).first()
    if doctor_id is None:
        raise NotFound
    doctor = doctor_locked(doctor_id)
    prescription = prescription_locked(prescription_id)
    prescription.doctor = doctor
    return prescription


def doctor_locked(doctor_id: int) -> Doctor:
    """Held, so that neither a suspension nor a second press comes between. Raises `NotFound` and `Busy`."""
    return locked(Doctor.objects.select_related("user"), pk=doctor_id)


def patient_locked(patient: Patient) -> Patient:
    """Held while what belongs to the patient's own row is written, or their files are counted. Raises `Busy`."""
    return locked(Patient.objects.select_related("user"), pk=patient.pk)


def standing_unlocked(pk: int) -> Prescription | None:
    """A prescription that nobody holds and that may still be dispensed, held from now on; None otherwise."""
    rows = Prescription.objects.filter(pk=pk, status__in=sorted(STANDING)).select_related("patient")
    return for_update(rows, skip_locked=True).first()


def allergy_locked(allergy_id: UUID) -> Allergy:
    """Held while it is taken back. Raises `NotFound` and `Busy`."""
    return locked(Allergy.objects.select_related("patient"), public_id=allergy_id)


def health_record_locked(patient: Patient) -> HealthRecord:
    """A patient's record as a whole, made where there is none yet, and held. Raises `Busy`."""
    record, _ = HealthRecord.objects.get_or_create(patient=patient)
    return locked(HealthRecord.objects.select_related("patient__user"), pk=record.pk)


def patients_locked(one: Patient, other: Patient) -> tuple[Patient, Patient]:
    """Both patients' rows, held in the order of their keys whichever is named first. Raises `Busy`."""
    held = {patient.pk: patient_locked(patient) for patient in sorted({one, other}, key=lambda patient: patient.pk)}
    return held[one.pk], held[other.pk]


def document_locked(document_id: UUID) -> Document:
    """The document, held to the transaction's end. Raises `NotFound` and `Busy`."""
    return upload_locked(Document, document_id)


def person_locked(person: User) -> User:
    """The account of whoever opens a record in an emergency or ends that, held before all else. Raises `Busy`."""
    return locked(User.objects.all(), pk=person.pk)


def glass_locked(glass_id: UUID, *, of: User | None = None) -> BreakGlass:
    """An emergency access, held; `of` whom it must be. Its record comes after it. Raises `NotFound` and `Busy`."""
    rows = BreakGlass.objects.select_related("patient__user", "user")
    return locked(rows.filter(user=of) if of else rows, public_id=glass_id)


def export_locked(export_id: UUID) -> RecordExport:
    """An export, held while it becomes ready. Raises `NotFound` and `Busy`."""
    return locked(RecordExport.objects.select_related("patient", "asked_by"), public_id=export_id)


def specialty_locked(specialty_id: int) -> Specialty:
    """A specialty, held while the sections of its doctors' notes are written. Raises `NotFound` and `Busy`."""
    return locked(Specialty.objects.all(), pk=specialty_id)

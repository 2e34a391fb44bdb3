"""What many of the tests of prescriptions do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest import mock

from django.db import connection

from accounts.models import Patient, User
from booking.models import Appointment
from booking.tests.steps import user_of
from common import clock
from doctors.models import Doctor
from records import services
from records.models import Allergy, Prescription
from records.prescription_content import PrescriptionContent, content_of
from records.selectors import draft_of, particulars_digest, particulars_of, reading_of, warnings_digest, warnings_for
from records.tests.steps import visit

ADDRESS = "4 Elm Row\nBath BA1 5LN"
AMOXICILLIN = {
    "drug": "Amoxicillin",
    "form": "Capsules",
    "strength": "500 mg",
    "dose": "1 capsule",
    "frequency": "three times a day",
    "duration": "7 days",
    "quantity": 21,
    "unit": "capsules",
}
DIAZEPAM = {**AMOXICILLIN, "drug": "Diazepam", "form": "Tablets", "strength": "2 mg", "unit": "tablets"}


def items(*rows: dict[str, Any]) -> PrescriptionContent:
    return content_of(rows or [AMOXICILLIN])


def addressed(appointment: Appointment) -> Appointment:
    """The patient has said where they live."""
    patient = appointment.patient
    if not patient.address:
        patient.address = ADDRESS
        patient.save(update_fields=["address"])
    return appointment


def prescriber(prescription: Prescription | Appointment) -> User:
    return user_of(prescription.doctor)


def rx_draft(appointment: Appointment | None = None, *rows: dict[str, Any]) -> Prescription:
    """A prescription that its doctor has begun and saved once, of a patient whose address is known."""
    appointment = addressed(appointment or visit())
    begun = services.prescription_begin(actor=prescriber(appointment), appointment_id=appointment.public_id)
    return rx_save(begun, *rows)


def rx_save(prescription: Prescription, *rows: dict[str, Any]) -> Prescription:
    return services.prescription_save(
        actor=prescriber(prescription),
        prescription_id=prescription.public_id,
        version=prescription.draft_version,
        content=items(*rows),
    )


def seen(prescription: Prescription) -> str:
    """What the sign page sends back for the warnings that it shows."""
    content = draft_of(Prescription.objects.get(pk=prescription.pk))
    return warnings_digest(warnings_for(prescriber(prescription), prescription, content, now=clock.now()))


def read(prescription: Prescription) -> str:
    """What the sign page sends back for the names and addresses that it shows."""
    # They are read whatever has become of the draft.
    current = Prescription.objects.defer("draft").get(pk=prescription.pk)
    return particulars_digest(particulars_of(current, now=clock.now()))


def rx_sign(prescription: Prescription, *, warnings_seen: bool = False, **more: Any) -> Prescription:
    more |= {"warnings_seen": seen(prescription)} if warnings_seen else {}
    told = {"version": prescription.draft_version, "particulars_seen": read(prescription), **more}
    return services.prescription_sign(actor=prescriber(prescription), prescription_id=prescription.public_id, **told)


def rx_signed(appointment: Appointment | None = None, *rows: dict[str, Any]) -> Prescription:
    return rx_sign(rx_draft(appointment, *rows))


def code_of(prescription: Prescription) -> str:
    signed = reading_of(prescription).signed
    assert signed
    return signed.code


def allergic(patient: Patient, substance: str, reaction: str = "") -> Allergy:
    return services.allergy_record(actor=user_of(patient), patient=patient, substance=substance, reaction=reaction)


def bar(doctor: Doctor) -> None:
    Doctor.objects.filter(pk=doctor.pk).update(is_barred=True)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    with mock.patch.object(clock, "now", return_value=instant):
        yield


def behind_its_back(sql: str, *values: Any) -> None:
    """As somebody who owns the database."""
    table, trigger = "records_prescriptionsignature", "records_keep_signature"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        cursor.execute(sql, values)
        cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")

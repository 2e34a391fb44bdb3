"""What many of the tests of documents do."""

from __future__ import annotations

from io import BytesIO
from typing import Any, BinaryIO

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Patient, User
from accounts.tests.factories import PatientFactory
from booking.tests.steps import user_of
from common.uploads.tests import samples
from common.uploads.verdicts import Verdict
from doctors.models import Doctor
from records.models import Document
from records.services import Filing, document_add, document_check, document_replace
from records.tests.steps import visit


def a_pdf(name: str = "blood-test.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, samples.pdf(), "application/pdf")


def a_picture(name: str = "rash.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, samples.jpeg(), "image/jpeg")


def clean(_file: BinaryIO) -> Verdict:
    return Verdict.clean()


def infected(_file: BinaryIO) -> Verdict:
    return Verdict.infected("Eicar-Test")


def away(_file: BinaryIO) -> Verdict:
    return Verdict.away("nobody listens")


def sent(
    patient: Patient | None = None, *, by: User | None = None, file: SimpleUploadedFile | None = None, **filing: Any
) -> Document:
    """A document that waits for its virus check, added by the patient unless `by` says who."""
    patient = patient or PatientFactory.create()
    kept = Filing(**{"category": "result", **filing})
    return document_add(actor=by or user_of(patient), patient_id=patient.public_id, file=file or a_pdf(), filing=kept)


def checked(document: Document, scan: Any = clean) -> Document:
    document_check(document_id=document.public_id, scan=scan)
    return Document.objects.select_related("patient", "doctor").get(pk=document.pk)


def added(patient: Patient | None = None, **more: Any) -> Document:
    """A document that was found clean."""
    return checked(sent(patient, **more))


def added_by_doctor(doctor: Doctor | None = None, patient: Patient | None = None, **more: Any) -> Document:
    """A document that a doctor has added for somebody whom they saw."""
    seen = visit(doctor, patient)
    return added(seen.patient, by=user_of(seen.doctor), **more)


def replaced(document: Document, file: SimpleUploadedFile | None = None) -> Document:
    newer = document_replace(
        actor=document.uploaded_by, document_id=document.public_id, file=file or a_pdf("newer.pdf")
    )
    return checked(newer)


def bytes_of(document: Document) -> bytes:
    from common.uploads.storage import private_storage

    with private_storage().open(document.key) as file:
        return BytesIO(file.read()).getvalue()

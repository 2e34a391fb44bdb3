"""What an export holds, each part by a line of `PARTS`: its name (a FHIR R4 resource), and what is read for it.

Each part reads as the patient does, through the selectors that their pages use: what those hide is not in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import Q

from accounts.access_needs import needs_told
from accounts.models import ConsentRecord, Gender, Patient, User
from accounts.selectors import carers_of, caring_of, consents_of, outside_identities_of
from accounts.states import InvitationState
from audit.selectors import events_about_patient, told
from billing.selectors import payments_visible_to, promised_of
from billing.states import PaymentStatus
from booking.selectors import appointments_visible_to
from booking.states import Status as VisitStatus
from common import clock
from common.fields import UNREADABLE, opened_or_words
from common.money import Money
from common.uploads.states import UploadState
from common.uploads.storage import private_storage
from notifications.selectors import contact_of, default_of, is_choice, notices_all, preferences_of
from records.models import BreakGlass, Document, Prescription, RecordShare
from records.presentation import parts_of
from records.selectors import (
    allergies_visible_to,
    documents_visible_to,
    note_readings,
    notes_visible_to,
    prescription_readings,
    prescriptions_visible_to,
)
from records.services.exports.readable import Coded
from records.shareable import shared
from records.states import DocumentStatus, NoteStatus, PrescriptionStatus

EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
# Of what became of a prescription, what has a reason that the patient reads.
_SAYS_WHY = frozenset({PrescriptionStatus.ON_HOLD, PrescriptionStatus.CANCELLED, PrescriptionStatus.STOPPED})
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Part:
    """`rows(user, patient)` are the resources, `files(user, patient)` what goes beside them, by its name there."""

    name: str
    title: str
    rows: Callable[[User, Patient], Iterator[Row]]
    files: Callable[[User, Patient], Iterator[tuple[str, Document]]] = field(default=lambda *_: iter(()))


def _patient(_user: User, patient: Patient) -> Iterator[Row]:
    yield {
        "id": str(patient.public_id),
        "name": patient.name,
        "birthDate": patient.birth_date,
        "gender": Coded.of(Gender(patient.gender)),
        "address": opened_or_words(patient, "address"),
        "phone": patient.phone,
        "email": patient.user.email if patient.user else "",
        "nhsNumber": patient.nhs_number,
        "needs": asdict(needs_told(patient)),
    }


def _appointments(user: User, patient: Patient) -> Iterator[Row]:
    for one in appointments_visible_to(user, filters=Q(patient=patient), at_work=False):
        yield {
            "id": str(one.public_id),
            "reference": one.reference,
            "status": Coded.of(VisitStatus(one.status)),
            "start": one.start,
            "end": one.end,
            "doctor": one.doctor.name,
            "place": one.location.name,
            "serviceType": one.visit_type.name,
            "reason": opened_or_words(one, "reason"),
        }


def _notes(user: User, patient: Patient) -> Iterator[Row]:
    mine = Q(patient=patient, signed_at__isnull=False) & Q(patient__user=user)
    found = list(notes_visible_to(user, filters=mine, in_error=True))
    for note, readings in zip(found, note_readings(found), strict=True):
        in_error = note.status == NoteStatus.ENTERED_IN_ERROR
        yield {
            "id": str(note.public_id),
            "status": Coded.of(NoteStatus(note.status)),
            "date": note.appointment.start,
            "author": note.doctor.name,
            # Of what was entered in error the patient reads that it is, and not the text: it may be about another.
            "versions": [] if in_error else [_version(one) for one in readings],
        }


def _version(reading: Any) -> Row:
    content = reading.content
    sections: dict[str, str] = {}
    for part in parts_of(content, for_patient=True) if content else []:
        # Of two that the patient reads under one heading both are there.
        sections[part.label] = "\n\n".join(filter(None, (sections.get(part.label), part.text)))
    return {
        "number": reading.version.number,
        "signed": reading.version.signed_at,
        "signer": reading.version.signer_name,
        "intact": reading.is_intact,
        "amendedBecause": reading.reason,
        "summary": content.summary if content else "",
        "sections": sections,
    }


def _prescriptions(user: User, patient: Patient) -> Iterator[Row]:
    mine = Q(patient=patient, signed_at__isnull=False)
    now = clock.now()
    found = list(prescriptions_visible_to(user, filters=mine))
    says_why = [one.pk for one in found if one.status in _SAYS_WHY]
    with_reason = Prescription.objects.only("public_id", "reason").in_bulk(says_why)
    for one, reading in zip(found, prescription_readings(found), strict=True):
        signed = reading.signed
        yield {
            "id": str(one.public_id),
            "status": _standing(one.status_at(now), is_intact=signed is not None),
            "authoredOn": one.signed_at or "",
            "requester": one.doctor.name,
            "validUntil": one.valid_until or "" if signed else "",
            "intact": signed is not None,
            "statusReason": opened_or_words(with_reason[one.pk], "reason") if one.pk in with_reason else "",
            "requesterAddress": signed.prescriber["address"] if signed else "",
            "subjectAddress": signed.patient["address"] if signed else "",
            "items": [asdict(item) for item in signed.content.items] if signed else [],
        }


def _standing(status: PrescriptionStatus, *, is_intact: bool) -> str:
    """As the lists say it: nothing that is not as it was signed is valid; what became of it is told all the same."""
    return Coded.of(status) if is_intact or status != PrescriptionStatus.ACTIVE else ""


def _allergies(user: User, patient: Patient) -> Iterator[Row]:
    for one in allergies_visible_to(user, patient):
        yield {
            "substance": opened_or_words(one, "substance") or UNREADABLE,
            "reaction": opened_or_words(one, "reaction"),
            "recordedDate": one.recorded_at,
            "byDoctor": one.is_by_doctor,
        }


def _documents(user: User, patient: Patient) -> Iterator[Row]:
    for one in _own_documents(user, patient):
        yield {
            "id": str(one.public_id),
            "status": Coded.of(DocumentStatus(one.status)),
            "type": one.get_category_display(),
            "title": one.title,
            "date": one.uploaded_at,
            "file": file_name(one),
        }


def _files(user: User, patient: Patient) -> Iterator[tuple[str, Document]]:
    for one in _own_documents(user, patient):
        if private_storage().exists(one.key):
            yield file_name(one), one


def _own_documents(user: User, patient: Patient) -> list[Document]:
    wanted = Q(patient=patient, state=UploadState.CURRENT)
    return list(documents_visible_to(user, filters=wanted))


def file_name(document: Document) -> str:
    """By its id: what somebody called it may be anything."""
    return f"files/{document.public_id}.{EXTENSIONS.get(document.media_type, 'bin')}"


def _consents(_user: User, patient: Patient) -> Iterator[Row]:
    for one in consents_of(patient):
        yield {"statement": one.statement, "status": Coded.of(ConsentRecord.Status(one.status)), "given": one.given_at}


def _shares(_user: User, patient: Patient) -> Iterator[Row]:
    for one in shared(RecordShare.objects.filter(patient=patient).select_related("patient", "doctor", "shared_by")):
        share = one.share
        yield {
            "what": one.title,
            "sharedWith": share.doctor.name,
            "sharedBy": share.shared_by.shown_name,
            "reason": opened_or_words(share, "reason"),
            "start": share.shared_at,
            "end": share.ended_at or share.expires_at,
        }


def _emergencies(_user: User, patient: Patient) -> Iterator[Row]:
    for one in BreakGlass.objects.filter(patient=patient).select_related("user__doctor"):
        yield {
            "openedBy": one.opener,
            "start": one.opened_at,
            "end": one.ended_at or one.expires_at,
        }


def _carers(user: User, patient: Patient) -> Iterator[Row]:
    for one in carers_of(patient):
        yield {
            "email": one.email,
            "relationship": one.get_relation_display(),
            "status": Coded.of(InvitationState(one.state)),
            "end": one.expires_at or "",
        }
    for one in caring_of(user):
        yield {
            "patient": one.patient.name,
            "relationship": one.get_relation_display(),
            "status": Coded.of(InvitationState(one.state)),
            "end": one.expires_at or "",
        }


def _payments(user: User, patient: Patient) -> Iterator[Row]:
    found = payments_visible_to(user, filters=Q(appointment__patient=patient))
    for one in found.prefetch_related("receipts"):
        yield {
            "id": str(one.public_id),
            "appointment": one.appointment.reference,
            "status": Coded.of(PaymentStatus(one.status)),
            "method": one.get_method_display(),
            "amount": str(Money(one.amount_minor, one.currency)),
            "taken": str(Money(one.captured_minor, one.currency)),
            "givenBackOrPromised": str(Money(promised_of(one), one.currency)),
            "paid": one.paid_at or "" if one.captured_minor else "",
            "receipts": [receipt.number for receipt in one.receipts.all()],
        }


def _access(_user: User, patient: Patient) -> Iterator[Row]:
    for one in told(events_about_patient(patient.public_id)):
        yield {"recorded": one.event.occurred_at, "agent": one.who, "action": one.what}


def _notices(user: User, _patient: Patient) -> Iterator[Row]:
    for one in notices_all(user):
        yield {
            "id": str(one.id),
            "sent": one.at,
            "topic": one.topic,
            "title": one.title,
            "outcome": "; ".join(one.outcomes),
        }


def _preferences(user: User, _patient: Patient) -> Iterator[Row]:
    for (kind, channel), is_on in preferences_of(user).items():
        if is_choice(kind, channel) and is_on != default_of(channel):
            yield {"what": kind.label, "channel": channel.label, "wanted": is_on}
    contact = contact_of(user)
    if contact is not None:
        yield {"textsTo": contact.mobile, "confirmed": contact.confirmed_at or ""}


def _ways_in(user: User, _patient: Patient) -> Iterator[Row]:
    for one in outside_identities_of(user):
        # That there is a token, and never the token: whoever has this file would have the account there.
        yield {"signInBy": str(one), "level": one.level, "confirmed": one.verified_at, "tokenKept": one.keeps_token}


PARTS = (
    Part(name="Patient", title="Your details", rows=_patient),
    Part(name="Appointment", title="Appointments", rows=_appointments),
    Part(name="Composition", title="Visit notes", rows=_notes),
    Part(name="MedicationRequest", title="Prescriptions", rows=_prescriptions),
    Part(name="AllergyIntolerance", title="Allergies", rows=_allergies),
    Part(name="DocumentReference", title="Documents", rows=_documents, files=_files),
    Part(name="PaymentNotice", title="Payments", rows=_payments),
    Part(name="Consent", title="What you agreed to", rows=_consents),
    Part(name="RelatedPerson", title="Who helps you, and whom you help", rows=_carers),
    Part(name="Permission", title="What was shared with doctors", rows=_shares),
    Part(name="Flag", title="Opened in an emergency", rows=_emergencies),
    Part(name="Communication", title="What we told you", rows=_notices),
    Part(name="Basic", title="What you want to be told, and how", rows=_preferences),
    Part(name="Person", title="Who else lets you in", rows=_ways_in),
    Part(name="AuditEvent", title="What was done with your record", rows=_access),
)

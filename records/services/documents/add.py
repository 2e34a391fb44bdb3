"""Adding a document: a file goes into the patient's record, and waits there for its virus check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from accounts.models import Patient, User
from audit.services import event_record
from booking.models import Appointment
from common import clock, idempotency
from common.errors import Conflict, Invalid, NotFound
from common.tasks import wake
from common.uploads.names import cleaned_name, suffix_of, visible_line
from common.uploads.services import Received, upload_discard, upload_receive, upload_transaction
from common.uploads.states import UploadState
from records.locks import document_locked, patient_locked
from records.models import Document
from records.models.documents import TITLE_LENGTH
from records.policies import assert_may_add_to, assert_may_correct
from records.selectors import document_for, records_settings, sent_since, taken_by, visits_to_file_under
from records.services.documents.steps import CHECK_TASK, capacity_of
from records.states import DOCTORS_ADD, Category, DocumentStatus

FILES_A_DAY = 60
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Filing:
    """Under what a file is kept: a `Category`, a title (without one its name stands), and the visit it belongs to."""

    category: str
    title: str = ""
    appointment_id: UUID | None = None


def document_add(
    *, actor: User, patient_id: UUID, file: UploadedFile, filing: Filing, key: str | None = None
) -> Document:
    """Add a file to a patient's record; it waits for its virus check, which a worker does at once. Once for each `key`.

    Raises `NotFound` where the actor adds nothing to the record, `Busy`, and `Invalid` (`upload_refused`, `quota`,
    `too_many_files`, field `file`; `filing`, fields `category`, `title`, `visit`; `idempotency_key_reused`).
    """
    patient = Patient.objects.filter(public_id=patient_id).first()
    if patient is None:
        raise NotFound
    assert_may_add_to(actor, patient)
    appointment = _assert_filed_well(actor, patient, filing)
    with upload_transaction(file, by=actor) as received:

        def add() -> Document:
            held = patient_locked(patient)
            assert_may_add_to(actor, held)
            document = _new(actor, held, received, filing, file.name or "")
            document.appointment = appointment
            return _keep(document, received, actor)

        about = {"do": "document_add", "patient": patient_id, "name": file.name, **asdict(filing)}
        return _once(actor, key, about, received, add)


def document_replace(*, actor: User, document_id: UUID, file: UploadedFile, key: str | None = None) -> Document:
    """Add a newer version of a document; it takes the other's place once it is checked. Once for each `key`.

    Raises `NotFound`, `Forbidden` (`adder_only`), `Busy`, `Conflict` (`illegal_transition`; `replaced_already`), and
    `Invalid` as `document_add` does.
    """
    seen = document_for(actor, document_id)
    assert_may_correct(actor, seen)
    with upload_transaction(file, by=actor) as received:

        def add() -> Document:
            patient = patient_locked(seen.patient)
            old = document_locked(document_id)
            _assert_can_be_replaced(actor, old)
            filing = Filing(category=old.category, title=old.title)
            document = _new(actor, patient, received, filing, file.name or "")
            document.appointment, document.replaces = old.appointment, old
            return _keep(document, received, actor)

        about = {"do": "document_replace", "document": document_id, "name": file.name}
        return _once(actor, key, about, received, add)


def _once(
    actor: User, key: str | None, about: dict[str, object], received: Received, run: Callable[[], Document]
) -> Document:
    """As `idempotency.once`, within: the bytes are judged and written before, so that no transaction waits for them."""
    fingerprint = {**about, "sha256": received.inspected.sha256}
    outcome = idempotency.once(user=actor, key=key, fingerprint=fingerprint, run=run)
    if outcome.repeated:
        upload_discard(received)
    return Document.objects.get(public_id=outcome.public_id)


def assert_within_quota(patient: Patient, size: int) -> None:
    """Raises `Invalid` (`quota`). Hold the patient's row: else two files that come at once both pass."""
    limits, taken = records_settings(), taken_by(patient)
    is_full = taken.files >= limits.documents_per_patient
    if is_full or taken.size + size > limits.megabytes_per_patient * MEGABYTE:
        words = "This record is full, so it takes no more files. Ask the clinic for more room."
        raise Invalid("quota", words, fields={"file": [words]})


def _assert_filed_well(actor: User, patient: Patient, filing: Filing) -> Appointment | None:
    """The visit that is meant. Raises `Invalid` (`filing`)."""
    fields: dict[str, list[str]] = {}
    allowed = frozenset(Category) if patient.user_id == actor.pk else DOCTORS_ADD
    if filing.category not in allowed:
        fields["category"] = ["Choose what kind of document it is."]
    if len(filing.title) > TITLE_LENGTH:
        fields["title"] = [f"Use at most {TITLE_LENGTH} characters."]
    visits = visits_to_file_under(actor, patient) if filing.appointment_id else []
    appointment = next((visit for visit in visits if visit.public_id == filing.appointment_id), None)
    if filing.appointment_id and appointment is None:
        fields["visit"] = ["Choose one of the visits."]
    if fields:
        raise Invalid("filing", next(iter(fields.values()))[0], fields=fields)
    return appointment


def _assert_can_be_replaced(actor: User, old: Document) -> None:
    assert_may_correct(actor, old)
    if not old.is_readable or old.status != DocumentStatus.CURRENT:
        raise Conflict("illegal_transition", "Only a current document gets a newer version.", current=old.status)
    # Whether the record is still open to the doctor who added it, or the patient still theirs.
    assert_may_add_to(actor, old.patient)


def _new(actor: User, patient: Patient, received: Received, filing: Filing, name: str) -> Document:
    assert_within_quota(patient, received.inspected.size)
    _assert_not_too_many(actor, clock.now())
    doctor = None if patient.user_id == actor.pk else actor.doctor
    named = cleaned_name(name)
    title = visible_line(filing.title) or named[: len(named) - len(suffix_of(named))] or "Document"
    return Document(
        patient=patient, doctor=doctor, uploaded_by=actor, category=filing.category, title=title[:TITLE_LENGTH]
    )


def _assert_not_too_many(actor: User, now: datetime) -> None:
    if sent_since(actor, now - timedelta(days=1)) >= FILES_A_DAY:
        words = f"You have sent {FILES_A_DAY} files within a day, which is as many as we take. Go on tomorrow."
        raise Invalid("too_many_files", words, fields={"file": [words]})


def _keep(document: Document, received: Received, actor: User) -> Document:
    if document.replaces is not None and _is_being_replaced(document.replaces):
        raise Conflict("replaced_already", "A newer version is here already.", current=document.replaces.status)
    upload_receive(row=document, received=received, now=clock.now())
    event_record("document.uploaded", document, actor=actor, capacity=capacity_of(actor, document))
    wake(CHECK_TASK, str(document.public_id))
    return document


def _is_being_replaced(old: Document) -> bool:
    waiting = old.newer.filter(state__in=[UploadState.QUARANTINED, UploadState.CURRENT])
    return waiting.exclude(status=DocumentStatus.ENTERED_IN_ERROR).exists()

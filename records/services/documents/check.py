"""A document's virus check, and what follows from it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.urls import reverse

from audit.services import event_record
from common import clock
from common.uploads.services import Scan, upload_check
from common.uploads.states import UploadState
from notifications.services import Outgoing, messages_queue
from records.locks import document_locked
from records.models import Document
from records.selectors.told import about_thing
from records.services.documents.steps import capacity_of
from records.states import DocumentStatus, assert_document_can_move

_SETTLED = {
    UploadState.CURRENT: "document.checked",
    UploadState.INFECTED: "document.infected",
    UploadState.UNREADABLE: "document.refused",
}


def document_check(*, document_id: UUID, scan: Scan, now: datetime | None = None) -> UploadState:
    """Have a document checked for viruses; for a worker, outside a transaction. It may run twice (see `upload_check`).

    Once it is clean it takes the place of the version that it replaces, and the patient is told of what a doctor added.
    Of what is refused its uploader is told. Raises `NotFound`.
    """
    now = now or clock.now()
    return upload_check(
        model=Document, upload_id=document_id, scan=scan, now=now, settled=lambda document: _settled(document, now)
    )


def _settled(document: Document, now: datetime) -> None:
    state = UploadState(document.state)
    event_record(_SETTLED[state], document, actor=None, state=state.value)
    if document.status == DocumentStatus.ENTERED_IN_ERROR:
        # Taken back while it waited: nobody hears of it, and it takes nobody's place.
        return
    if state != UploadState.CURRENT:
        _tell_the_uploader(document, now)
        return
    by = document.uploaded_by
    event_record("document.added", document, actor=by, capacity=capacity_of(by, document))
    if document.replaces is not None:
        supersede(document.replaces)
    if document.doctor_id is not None:
        tell_the_patient(document, now)


def supersede(old: Document) -> None:
    """The version before makes room; one that was entered in error meanwhile has none to make."""
    old = document_locked(old.public_id)
    if old.status != DocumentStatus.CURRENT:
        return
    assert_document_can_move(old.status, DocumentStatus.SUPERSEDED)
    old.status = DocumentStatus.SUPERSEDED
    old.save(update_fields=["status"])
    event_record("document.superseded", old, actor=None)


def tell_the_patient(document: Document, now: datetime) -> None:
    """That there is something new, and no more."""
    user = document.patient.user
    if user is None:
        return
    facts = {"path": reverse("records:documents")}
    key = f"record_new:{document.public_id}"
    about = about_thing(document)
    message = Outgoing(kind="record_new", user=user, facts=facts, dedupe_key=key, about=about)
    messages_queue(messages=[message], now=now)


def _tell_the_uploader(document: Document, now: datetime) -> None:
    """Where to send another one; neither what the file was called nor whose record it was for."""
    is_own = document.doctor_id is None
    path = (
        reverse("records:document_add")
        if is_own
        else reverse("records:patient_document_add", args=[document.patient.public_id])
    )
    key = f"document_refused:{document.public_id}"
    message = Outgoing(
        kind="document_refused",
        user=document.uploaded_by,
        facts={"path": path},
        dedupe_key=key,
        about=about_thing(document),
    )
    messages_queue(messages=[message], now=now)

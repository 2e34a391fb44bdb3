"""The files that a doctor gives as proof: taken in, checked for viruses, taken back, looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import User
from audit.services import event_record
from common import clock
from common.tasks import wake
from common.uploads.services import Scan, upload_check, upload_receive, upload_transaction
from common.uploads.states import UploadState
from verification import locks, policies
from verification.models import Evidence
from verification.selectors import evidence_visible
from verification.services import steps
from verification.services.items import provide
from verification.states import ItemKind, ItemStatus

_CHECKED = {
    UploadState.CURRENT: "evidence.checked",
    UploadState.INFECTED: "evidence.infected",
    UploadState.UNREADABLE: "evidence.refused",
}
_FINDINGS = {
    UploadState.INFECTED: "The virus check found something in it.",
    UploadState.UNREADABLE: "It could not be opened.",
}
CHECK_TASK = "verification.check_evidence"


def evidence_add(*, actor: User, item_id: UUID, file: UploadedFile) -> Evidence:
    """Give one file as proof of an item; it waits for its virus check, which a worker does at once.

    Raises `NotFound` for somebody else's item, `Conflict` (`item_closed`, data `current`) and `Invalid`
    (`upload_refused`, field `file`).
    """
    with upload_transaction():
        item = locks.item_locked(item_id)
        policies.assert_is_own(actor, item.case.doctor)
        policies.assert_can_provide(item.case, item)
        now = clock.now()
        evidence = Evidence(item=item, uploaded_by=actor)
        upload_receive(row=evidence, file=file, now=now)
        _record("evidence.uploaded", evidence, actor)
        provide(item, actor=actor, now=now)
        wake(CHECK_TASK, str(evidence.public_id))
        return evidence


@transaction.atomic
def evidence_withdraw(*, actor: User, evidence_id: UUID) -> Evidence:
    """Take a file back: it proves nothing any more, and stays in the record. Twice is no error.

    Raises `NotFound` for somebody else's, `Conflict` (`item_closed`, data `current`).
    """
    evidence = locks.evidence_locked(evidence_id)
    item = evidence.item
    policies.assert_is_own(actor, item.case.doctor)
    if evidence.withdrawn_at is not None:
        return evidence
    policies.assert_can_provide(item.case, item)
    now = clock.now()
    evidence.withdrawn_at = now
    evidence.save(update_fields=["withdrawn_at"])
    _record("evidence.withdrawn", evidence, actor)
    if item.status != ItemStatus.ACCEPTED:
        provide(item, actor=actor, now=now)
    return evidence


def evidence_check(*, evidence_id: UUID, scan: Scan, now: datetime | None = None) -> UploadState:
    """Have a file checked for viruses; for a worker, outside a transaction. It may run twice (see `upload_check`).

    Of a file that is refused its uploader is told, and the item asks for another one. Raises `NotFound`.
    """
    now = now or clock.now()
    return upload_check(
        model=Evidence, upload_id=evidence_id, scan=scan, now=now, settled=lambda evidence: _settled(evidence, now)
    )


def evidence_open(*, actor: User, evidence_id: UUID) -> Evidence:
    """The file for whoever may see it, with its look in the audit log; serve it afterwards. Raises `NotFound`."""
    evidence = evidence_visible(actor, evidence_id)
    _record("evidence.viewed", evidence, actor)
    return evidence


def _settled(evidence: Evidence, now: datetime) -> None:
    state = UploadState(evidence.state)
    _record(_CHECKED[state], evidence, None, state=state.value)
    if state == UploadState.CURRENT or evidence.withdrawn_at is not None:
        return
    item = locks.item_locked(evidence.item.public_id)
    if item.status == ItemStatus.PROVIDED:
        provide(item, actor=None, now=now)
    key = f"evidence_refused:{evidence.public_id}"
    steps.tell(item.case, "evidence_refused", now, key=key, item=ItemKind(item.kind).label, finding=_FINDINGS[state])


def _record(action: str, evidence: Evidence, actor: User | None, **data: Any) -> None:
    case = evidence.item.case
    facts: dict[str, Any] = {
        "doctor": str(case.doctor.public_id),
        "case": str(case.public_id),
        "item": evidence.item.kind,
    }
    event_record(action, evidence, actor=actor, **facts, **data)

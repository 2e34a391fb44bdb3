"""The files that a doctor gives as proof: taken in, checked for viruses, taken back, looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import User
from audit.services import event_record
from common import clock
from common.errors import Invalid, NotFound
from common.tasks import wake
from common.uploads.services import Scan, upload_check, upload_receive, upload_transaction
from common.uploads.states import UploadState
from verification import locks, policies
from verification.models import ChecklistItem, Evidence
from verification.selectors import evidence_by_id, evidence_of, item_by_id
from verification.services import steps
from verification.services.items import provide, uncheck
from verification.states import OPEN, ItemKind, ItemStatus

_CHECKED = {
    UploadState.CURRENT: "evidence.checked",
    UploadState.INFECTED: "evidence.infected",
    UploadState.UNREADABLE: "evidence.refused",
}
_FINDINGS = {
    UploadState.INFECTED: "The virus check found something in it.",
    UploadState.UNREADABLE: "It could not be opened.",
}
FILES_PER_ITEM = 10
FILES_A_DAY = 40
ServedT = TypeVar("ServedT")
CHECK_TASK = "verification.check_evidence"


def evidence_add(*, actor: User, item_id: UUID, file: UploadedFile) -> Evidence:
    """Give one file as proof of an item; it waits for its virus check, which a worker does at once.

    Raises `NotFound` for somebody else's item, `Conflict` (`item_closed`, data `current`) and `Invalid`
    (`upload_refused` or `too_many_files`, field `file`).
    """
    _assert_may_add(actor, item_by_id(item_id), clock.now())
    with upload_transaction(file, by=actor) as received:
        item = locks.item_locked(item_id)
        # Not of before the bytes were written: what the doctor took back meanwhile would seem to be the newer.
        now = clock.now()
        _assert_may_add(actor, item, now)
        evidence = Evidence(item=item, uploaded_by=actor)
        upload_receive(row=evidence, received=received, now=now)
        _record("evidence.uploaded", evidence, actor)
        provide(item, actor=actor, now=now, is_news=True)
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
        provide(item, actor=actor, now=now, is_news=False)
    return evidence


def evidence_check(*, evidence_id: UUID, scan: Scan, now: datetime | None = None) -> UploadState:
    """Have a file checked for viruses; for a worker, outside a transaction. It may run twice (see `upload_check`).

    Of a file that is refused its uploader is told, and the item asks for another one. Raises `NotFound`.
    """
    now = now or clock.now()
    return upload_check(
        model=Evidence, upload_id=evidence_id, scan=scan, now=now, settled=lambda evidence: _settled(evidence, now)
    )


@transaction.atomic
def evidence_open(*, actor: User, evidence_id: UUID, serve: Callable[[Evidence], ServedT]) -> ServedT:
    """What `serve` makes of the file, for whoever may see it; the look is in the audit log once it is served.

    Raises `NotFound`.
    """
    evidence = evidence_by_id(evidence_id)
    if evidence is None or not policies.may_see_evidence(actor, evidence):
        raise NotFound("We cannot find that file.")
    served = serve(evidence)
    _record("evidence.viewed", evidence, actor)
    return served


def _assert_may_add(actor: User, item: ChecklistItem, now: datetime) -> None:
    policies.assert_is_own(actor, item.case.doctor)
    policies.assert_can_provide(item.case, item)
    words = ""
    if sum(file.item_id == item.pk for file in evidence_of(item)) >= FILES_PER_ITEM:
        words = f"There are {FILES_PER_ITEM} files here already. Take one back before you add another."
    elif Evidence.objects.filter(uploaded_by=actor, uploaded_at__gt=now - timedelta(days=1)).count() >= FILES_A_DAY:
        words = f"You have sent {FILES_A_DAY} files within a day, which is as many as we take. Go on tomorrow."
    if words:
        raise Invalid("too_many_files", words, fields={"file": [words]})


def _settled(evidence: Evidence, now: datetime) -> None:
    state = UploadState(evidence.state)
    _record(_CHECKED[state], evidence, None, state=state.value)
    if state == UploadState.CURRENT or evidence.withdrawn_at is not None:
        return
    item = locks.item_locked(evidence.item.public_id)
    if item.status == ItemStatus.ACCEPTED and item.case.status in OPEN:
        uncheck(item, actor=None, now=now)
    elif item.status == ItemStatus.PROVIDED:
        provide(item, actor=None, now=now, is_news=False)
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

"""A new case after a decision: what was proved and is still valid comes along, the old case stays as it was decided."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from common import clock
from common.errors import Conflict
from common.history import sign
from doctors.services import doctor_set_verification
from verification import locks, policies
from verification.models import ChecklistItem, VerificationCase
from verification.selectors import is_somebody_else, today
from verification.services import steps
from verification.services.apply import target_after
from verification.services.items import prove_anew
from verification.states import RENEWABLE, REOPENABLE, ItemKind, ItemStatus, Status

_COPIED = (
    "answer", "stated_expires_on", "provided_at", "request", "asked_at",
    "source", "checked_on", "checked_by_id", "expires_on", "note",
)  # fmt: skip


@transaction.atomic
def case_reopen(*, actor: User, case_id: UUID, note: str = "") -> VerificationCase:
    """By an officer, after a refusal, a suspension or an expiry: a new case that waits in the queue, prefilled.

    Asking again while that new case waits answers with it. Raises `NotFound`, `Forbidden`, `Conflict`
    (`illegal_transition`, data `current`).
    """
    case = locks.case_locked(case_id)
    policies.assert_may_decide(actor, case.doctor)
    successor = _successor(case, Status.PENDING, REOPENABLE)
    if successor is not None:
        return successor
    now = clock.now()
    reopened = VerificationCase(
        doctor=case.doctor,
        previous=case,
        status=Status.PENDING,
        created_at=now,
        submitted_at=now,
        due_at=target_after(now),
        note=note.strip(),
    )
    steps.write(reopened, "reopened", actor=actor)
    _items_copy(case, reopened, actor, now)
    asked = steps.pause_if_asked(reopened, now)
    steps.save(reopened, actor=actor)
    doctor_set_verification(actor=actor, doctor_id=case.doctor.public_id, status=Status.PENDING, now=now)
    steps.tell(reopened, "verification_reopened", now, asked=asked)
    return reopened


@transaction.atomic
def case_renew(*, actor: User, case_id: UUID) -> VerificationCase:
    """By the doctor, after a refusal or when a credential has run out: a draft to complete and submit, prefilled.

    The doctor's standing changes when it is submitted. Asking again while it is a draft answers with it. Raises
    `NotFound` for somebody else's case, `Conflict` (`illegal_transition`, data `current`).
    """
    case = locks.case_locked(case_id)
    policies.assert_is_own(actor, case.doctor)
    successor = _successor(case, Status.DRAFT, RENEWABLE)
    if successor is not None:
        return successor
    now = clock.now()
    renewed = VerificationCase(doctor=case.doctor, previous=case, created_at=now)
    steps.write(renewed, "opened", actor=actor)
    _items_copy(case, renewed, actor, now)
    return renewed


def _successor(case: VerificationCase, status: Status, possible: frozenset[Status]) -> VerificationCase | None:
    """The case that follows, if it stands in `status`; None where one can be made."""
    successor = VerificationCase.objects.filter(previous=case).first()
    if successor is not None and successor.status == status:
        return successor
    if successor is not None or case.status not in possible:
        current = (successor or case).status
        raise Conflict("illegal_transition", "This case can no longer be taken up again.", current=current)
    return None


def _items_copy(old: VerificationCase, new: VerificationCase, actor: User, now: datetime) -> None:
    known = {item.kind: item for item in old.items.all()}
    for kind in ItemKind:
        item = ChecklistItem(case=new, kind=kind)
        if kind in known:
            _copy(known[kind], item, now)
        elif kind == ItemKind.GMC_REGISTER:
            item.status, item.provided_at = ItemStatus.PROVIDED, now
        sign(item, actor)
        item.save(force_insert=True)
    if is_somebody_else(new):
        prove_anew(new, actor=actor, now=now)


def _copy(old: ChecklistItem, new: ChecklistItem, now: datetime) -> None:
    """What has run out begins anew; the files stay with the old item (see `selectors.evidence_of`)."""
    if old.expires_on is not None and old.expires_on < today(now) and old.status != ItemStatus.PROVIDED:
        return
    for name in _COPIED:
        setattr(new, name, getattr(old, name))
    new.status = old.status

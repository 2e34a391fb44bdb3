"""The writing steps that verification's services share; each in their transaction, on rows that they locked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import User
from audit.services import event_record
from common.errors import Invalid
from common.history import sign
from doctors.models import Doctor
from notifications.services import Outgoing, messages_queue
from verification.models import ChecklistItem, VerificationCase
from verification.selectors import about_case, waits_for_check
from verification.states import ItemKind, ItemStatus, ReasonCode, Status, assert_item_can_move


def write(case: VerificationCase, verb: str, *, actor: User | None, **data: Any) -> None:
    """Saves the case with its history under the actor's name, and the audit event."""
    save(case, actor=actor)
    record(case, verb, actor=actor, **data)


def save(case: VerificationCase, *, actor: User | None) -> None:
    sign(case, actor)
    case.save()


def record(case: VerificationCase, verb: str, *, actor: User | None, **data: Any) -> None:
    event_record(f"verification.{verb}", case, actor=actor, doctor=str(case.doctor.public_id), **data)


def item_move(item: ChecklistItem, target: ItemStatus) -> None:
    """Raises `Conflict` (`illegal_transition`); to where it stands already is no move."""
    if item.status != target:
        assert_item_can_move(item.status, target)
        item.status = target


def write_item(item: ChecklistItem, *, actor: User | None) -> None:
    """Saves an item of a case that the caller holds; a first approval was given to what it said before."""
    sign(item, actor)
    item.save()
    case = item.case
    if case.first_approved_by_id is not None:
        case.first_approved_by, case.first_approved_at = None, None
        save(case, actor=actor)


def items_make(case: VerificationCase, *, actor: User | None, now: datetime) -> list[ChecklistItem]:
    """One item of each kind, in the order of the task list; name and number are there from the start."""
    made = []
    for kind in ItemKind:
        item = ChecklistItem(case=case, kind=kind)
        if kind == ItemKind.GMC_REGISTER:
            item.status, item.provided_at = ItemStatus.PROVIDED, now
        sign(item, actor)
        item.save(force_insert=True)
        made.append(item)
    return made


def give_reason(case: VerificationCase, reason: str, reason_code: str) -> None:
    """Raises `Invalid` (field `reason` or `reason_code`)."""
    if not reason.strip():
        raise Invalid("reason_needed", "Say why.", fields={"reason": ["Say why: the record keeps it."]})
    if reason_code not in ReasonCode:
        raise Invalid("unknown_reason", "Choose a reason.", fields={"reason_code": ["Choose a reason."]})
    case.reason, case.reason_code = reason.strip(), reason_code


def take_decision(case: VerificationCase, status: Status, *, actor: User, now: datetime) -> None:
    """A decided case is nobody's work any more."""
    case.status, case.decided_by, case.decided_at = status, actor, now
    case.assignee, case.claimed_at, case.paused_at = None, None, None


def clock_pause(case: VerificationCase, now: datetime) -> None:
    """While a case waits on its doctor, its time does not run."""
    case.paused_at = case.paused_at or now


def pause_if_asked(case: VerificationCase, now: datetime) -> list[str]:
    """A case that comes into the queue with something asked waits on its doctor; the names of what is asked."""
    asked = [ItemKind(item.kind).label for item in case.items.filter(status=ItemStatus.ASKED)]
    if asked:
        clock_pause(case, now)
    return asked


def clock_go_on(case: VerificationCase, now: datetime) -> None:
    if case.paused_at is None:
        return
    if case.due_at is not None:
        case.due_at += now - case.paused_at
    case.paused_at = None


def go_on_if_answered(case: VerificationCase, *, actor: User | None, now: datetime) -> None:
    """A case that waited on its doctor goes on when nothing is asked any more."""
    if case.paused_at is not None and not case.items.filter(status=ItemStatus.ASKED).exists():
        clock_go_on(case, now)
        save(case, actor=actor)


def release_if_done(case: VerificationCase, *, actor: User | None) -> None:
    """A verified doctor's case whose renewals are all checked or taken back is nobody's work any more."""
    if case.status == Status.VERIFIED and case.assignee_id is not None and not waits_for_check(case):
        case.assignee, case.claimed_at = None, None
        save(case, actor=actor)


def tell(case: VerificationCase, kind: str, now: datetime, *, key: str = "", **facts: Any) -> None:
    """One message to the doctor, where the doctor has an account; the same `key` is told once."""
    doctor: Doctor = case.doctor
    if doctor.user is None:
        return
    said = {"doctor": doctor.name, "path": reverse("credentials:tasks"), **facts}
    key = key or f"{kind}:{case.public_id}"
    message = Outgoing(kind=kind, user=doctor.user, facts=said, dedupe_key=key, about=about_case(case))
    messages_queue(messages=[message], now=now)


def reason_words(case: VerificationCase) -> str:
    """The reason as the doctor is told it; what the officer wrote stays in the record."""
    return ReasonCode(case.reason_code).label if case.reason_code else ""

"""A doctor's own verification, as their task list shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.models import User
from common import clock
from common.uploads.states import UploadState
from doctors.models import Doctor
from doctors.selectors import has_times
from verification.models import ChecklistItem, Evidence, VerificationCase
from verification.selectors.case import gaps_of, latest_case_of, verification_settings
from verification.selectors.files import files_by_kind, standing_for
from verification.states import (
    EXPIRING,
    RENEWABLE,
    REQUIRED,
    ItemKind,
    ItemStatus,
    ReasonCode,
    Status,
    can_correct_particulars,
    can_provide,
)


@dataclass(frozen=True, kw_only=True)
class TaskLine:
    """One line of the list. `is_open`: the doctor may answer now. `request` is what an officer asks for, or empty."""

    item: ChecklistItem
    kind: ItemKind
    evidence: list[Evidence]
    status: str
    is_required: bool
    is_open: bool
    is_done: bool
    request: str
    missing: str
    expires_on: date | None


@dataclass(frozen=True, kw_only=True)
class Tasks:
    """`missing` is what stands between a draft and submitting; `next_step` what happens next and how long it takes;
    `why_hidden` why patients cannot find the profile, empty for a listed doctor; `has_times` that somebody can book."""

    case: VerificationCase
    doctor: Doctor
    lines: list[TaskLine]
    missing: list[str]
    next_step: str
    why_hidden: str
    has_times: bool
    can_submit: bool
    can_renew: bool
    can_change_particulars: bool


def tasks_of(user: User) -> Tasks | None:
    """The latest case of the account's doctor with its items and files; None for whoever has not applied."""
    case = latest_case_of(user)
    if case is None:
        return None
    given = files_by_kind(case)
    gaps = gaps_of(case) if case.status == Status.DRAFT else {}
    items = list(case.items.all())
    lines = [_line(case, item, standing_for(item, given.get(item.kind, [])), gaps.get(item.kind, "")) for item in items]
    gmc = next((item for item in items if item.kind == ItemKind.GMC_REGISTER), None)
    return Tasks(
        case=case,
        doctor=case.doctor,
        lines=lines,
        missing=list(gaps.values()),
        next_step=_next_step(case, lines),
        why_hidden=_why_hidden(case.doctor, case),
        has_times=case.status == Status.VERIFIED and has_times(case.doctor),
        can_submit=case.status == Status.DRAFT and not gaps,
        can_renew=case.status in RENEWABLE,
        can_change_particulars=gmc is not None and can_correct_particulars(case.status, gmc.status),
    )


def _line(case: VerificationCase, item: ChecklistItem, files: list[Evidence], gap: str) -> TaskLine:
    asked = item.status == ItemStatus.ASKED
    is_open = can_provide(case.status, item.kind, item.status)
    return TaskLine(
        item=item,
        kind=ItemKind(item.kind),
        evidence=files,
        status=_status_words(item, files, is_open=is_open),
        is_required=item.kind in REQUIRED,
        is_open=is_open,
        is_done=item.status in (ItemStatus.PROVIDED, ItemStatus.ACCEPTED),
        request=item.request if asked else "",
        missing=gap,
        expires_on=item.expires_on if item.kind in EXPIRING else None,
    )


def _status_words(item: ChecklistItem, files: list[Evidence], *, is_open: bool) -> str:
    if any(file.state == UploadState.QUARANTINED for file in files):
        return UploadState.QUARANTINED.label
    if item.status == ItemStatus.PROVIDED and item.case.status == Status.DRAFT:
        return "Ready to submit"
    if item.status == ItemStatus.EMPTY and is_open:
        return "To do"
    return ItemStatus(item.status).label


def _next_step(case: VerificationCase, lines: list[TaskLine]) -> str:
    days = verification_settings().target_days
    if case.status == Status.DRAFT:
        return f"When everything is here, submit it. We decide within {_days(days)}, and write to you."
    if case.status == Status.PENDING:
        return _next_of_pending(case, lines, clock.now())
    if case.status == Status.VERIFIED:
        waits = any(line.kind in EXPIRING and line.item.status == ItemStatus.PROVIDED for line in lines)
        return "We are checking what you have renewed. Patients can book meanwhile." if waits else ""
    if case.status in RENEWABLE:
        return (
            f"Begin again with what we have kept, change what is needed, and submit it: we decide within {_days(days)}."
        )
    return "We write to you when there is news. Until then you need not do anything here."


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _next_of_pending(case: VerificationCase, lines: list[TaskLine], now: datetime) -> str:
    asked = [line.kind.in_a_sentence for line in lines if line.request]
    if asked:
        return f"We need something from you: {', '.join(asked)}. The time to a decision waits with you."
    if case.due_at is None or case.due_at < now:
        return "We are checking what you sent. It takes longer than we promised, and we are sorry."
    # What is left of a day counts as one.
    left = -((now - case.due_at) // timedelta(days=1)) or 1
    return f"We are checking what you sent. We decide within {_days(left)}, and write to you."


def _why_hidden(doctor: Doctor, case: VerificationCase) -> str:
    if doctor.is_listed:
        return ""
    if doctor.verification_status == Status.VERIFIED:
        return "Your profile is switched off at the clinic. Ask the clinic to switch it on."
    words = {
        Status.DRAFT: "Patients cannot find you yet, because you have not submitted your verification.",
        Status.PENDING: "Patients cannot find you yet, because we are still checking your verification.",
        Status.REJECTED: "Patients cannot find you, because we could not verify you.",
        Status.SUSPENDED: "Patients cannot find you, because your verification is suspended.",
        Status.EXPIRED: "Patients cannot find you, because a credential has run out.",
    }[Status(doctor.verification_status)]
    reason = _reason(case)
    return f"{words} The reason: {reason}." if reason else words


def _reason(case: VerificationCase) -> str:
    told = case if case.reason_code else case.previous
    if (
        told is None
        or not told.reason_code
        or case.doctor.verification_status not in (Status.REJECTED, Status.SUSPENDED)
    ):
        return ""
    return ReasonCode(told.reason_code).label.lower()

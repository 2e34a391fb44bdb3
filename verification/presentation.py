"""A case in the words of the officers' pages: how old it is, what is missing, what each item says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django import forms
from django.utils.timesince import timesince

from accounts.models import User
from common import clock
from common.templatetags.when import day_and_month, long_date
from common.uploads.states import UploadState
from verification import policies
from verification.forms import AskForm, CheckForm
from verification.models import ChecklistItem, Evidence, VerificationCase
from verification.states import BY_FILE, EXPIRING, REQUIRED, ItemKind, ItemStatus, Status

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
HIDDEN_FILES = {
    UploadState.QUARANTINED: "Waiting for the virus check. It can be opened once it is clean.",
    UploadState.INFECTED: "Sealed: the scanner found a virus in it. The doctor has been told.",
    UploadState.UNREADABLE: "Refused: the file could not be read. The doctor has been told.",
}


def spoken(length: timedelta | None) -> str:
    """A length of time in its largest unit: "3 days"; empty for None."""
    return timesince(EPOCH, EPOCH + length, depth=1) if length is not None else ""


@dataclass(frozen=True, kw_only=True)
class Age:
    """How long a case has waited, and how that stands against what doctors are promised."""

    words: str
    target: str = ""
    is_over: bool = False


def age_of(case: VerificationCase, now: datetime) -> Age:
    if case.submitted_at is None:
        return Age(words="Not submitted yet")
    if ended := _ended_at(case):
        return Age(words=f"{case.get_status_display()} {spoken(now - ended)} ago")
    if case.status != Status.PENDING:
        return Age(words=f"Decided after {spoken((case.decided_at or now) - case.submitted_at)}")
    # While it waits on the doctor its clock stands.
    at = case.paused_at or now
    paused = f"With the doctor for {spoken(now - at)}"
    return Age(
        words=paused if case.paused_at else f"Waiting {spoken(now - case.submitted_at)}",
        target=_against_target(case, at),
        is_over=case.due_at is not None and case.due_at < at,
    )


def _ended_at(case: VerificationCase) -> datetime | None:
    """Since when an approval holds no more. An expiry is nobody's decision: it follows from a last day."""
    if case.status == Status.SUSPENDED:
        return case.decided_at
    if case.status != Status.EXPIRED:
        return None
    days = [item.expires_on for item in case.items.all() if item.kind in REQUIRED and item.expires_on]
    return clock.end_of_day(min(days), clock.clinic_zone()) if days else None


def _against_target(case: VerificationCase, at: datetime) -> str:
    if case.due_at is None:
        return ""
    return f"{spoken(at - case.due_at)} over target" if case.due_at < at else f"{spoken(case.due_at - at)} to target"


def missing_of(case: VerificationCase) -> list[str]:
    """What keeps the case from being approved, or what of a verified doctor's waits or runs out; from loaded items."""
    items = [item for item in case.items.all() if item.kind in REQUIRED]
    if case.status == Status.VERIFIED:
        return [words for item in items if (words := _renewal(item))]
    if case.status not in {Status.DRAFT, Status.PENDING}:
        return []
    return [item.get_kind_display() for item in items if item.status != ItemStatus.ACCEPTED]


def _renewal(item: ChecklistItem) -> str:
    if item.kind not in EXPIRING or item.expires_on is None:
        return ""
    if item.status == ItemStatus.PROVIDED:
        return f"{item.get_kind_display()}: renewal to check"
    return f"{item.get_kind_display()}: until {item.expires_on.day} {item.expires_on:%B %Y}"


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    case: VerificationCase
    age: Age
    stage: str
    missing: list[str]
    is_mine: bool
    is_open: bool
    waits: bool
    can_claim: bool


def queue_row(case: VerificationCase, user: User, now: datetime) -> QueueRow:
    """From a case with its items loaded (`worklist`): it asks the database nothing."""
    is_open = case.status == Status.PENDING
    waits = is_open or (case.status == Status.VERIFIED and any(_waits_for_renewal(item) for item in case.items.all()))
    return QueueRow(
        case=case,
        age=age_of(case, now),
        stage=stage_of(case),
        missing=missing_of(case),
        is_mine=case.assignee_id == user.pk,
        is_open=is_open,
        waits=waits,
        can_claim=waits and case.assignee_id is None and not policies.is_own(user, case.doctor),
    )


def _waits_for_renewal(item: ChecklistItem) -> bool:
    return item.kind in EXPIRING and item.status in (ItemStatus.PROVIDED, ItemStatus.ASKED)


def stage_of(case: VerificationCase) -> str:
    """The stage, and within the queue whose turn it is."""
    if case.status != Status.PENDING:
        return case.get_status_display()
    if case.paused_at is not None:
        return "Waiting on the doctor"
    return "Approved once" if case.first_approved_by_id is not None else case.get_status_display()


@dataclass(frozen=True, kw_only=True)
class ShownFile:
    """A file of an item. `why_hidden` stands instead of the file where nobody may open it."""

    file: Evidence
    why_hidden: str
    is_earlier: bool

    @property
    def is_picture(self) -> bool:
        return self.file.media_type.startswith("image/")


@dataclass(frozen=True, kw_only=True)
class ItemCard:
    """One item of the checklist as its card shows it; `check` and `ask` are its two forms."""

    item: ChecklistItem
    answer: str
    stated_until: date | None
    files: list[ShownFile]
    is_required: bool
    is_by_file: bool
    can_check: bool
    waits: bool
    summary: str
    check: forms.Form
    ask: forms.Form

    @property
    def anchor(self) -> str:
        return f"item-{self.item.kind}"

    @property
    def check_name(self) -> str:
        return f"Check: {self.item.get_kind_display()}"

    @property
    def ask_name(self) -> str:
        return f"Ask again: {self.item.get_kind_display()}"

    @property
    def is_accepted(self) -> bool:
        return self.item.status == ItemStatus.ACCEPTED


def item_cards(
    case: VerificationCase, files: Mapping[str, list[Evidence]], bound: Mapping[str, forms.Form]
) -> list[ItemCard]:
    """The cards in the order of the doctor's task list; a form in `bound`, by its prefix, stands for a fresh one."""
    order = list(ItemKind)
    items = sorted(case.items.all(), key=lambda item: order.index(ItemKind(item.kind)))
    return [_card(case, item, files.get(item.kind, []), bound) for item in items]


def _card(
    case: VerificationCase, item: ChecklistItem, files: list[Evidence], bound: Mapping[str, forms.Form]
) -> ItemCard:
    return ItemCard(
        item=item,
        answer=_answer(case, item),
        # Of what is checked the officer's day counts; another one waits for the file that shows it.
        stated_until=None if item.status == ItemStatus.ACCEPTED else item.stated_expires_on,
        files=[_shown(file, case) for file in files],
        is_required=item.kind in REQUIRED,
        is_by_file=item.kind in BY_FILE,
        can_check=case.status == Status.PENDING or item.kind in EXPIRING,
        waits=item.kind in REQUIRED and item.status == ItemStatus.PROVIDED,
        summary=_summary(item),
        check=bound.get(f"check-{item.kind}") or CheckForm(item=item),
        ask=bound.get(f"ask-{item.kind}") or AskForm(item=item),
    )


def _shown(file: Evidence, case: VerificationCase) -> ShownFile:
    why_hidden = HIDDEN_FILES.get(UploadState(file.state), "")
    return ShownFile(file=file, why_hidden=why_hidden, is_earlier=file.item.case_id != case.pk)


def _answer(case: VerificationCase, item: ChecklistItem) -> str:
    if item.kind == ItemKind.GMC_REGISTER and not item.answer:
        return f"{case.doctor.name}, GMC number {case.doctor.gmc_number}"
    return item.answer


def _summary(item: ChecklistItem) -> str:
    """How the item stands, in one sentence."""
    if item.status == ItemStatus.ACCEPTED and item.checked_on and item.checked_by:
        by = item.checked_by.shown_name
        until = f" Valid until {long_date(item.expires_on)}." if item.expires_on else ""
        return f"Checked by {by} on {long_date(item.checked_on)}: {item.source}.{until}"
    if item.status == ItemStatus.ASKED:
        return f"Asked again on {day_and_month(item.asked_at)}: {item.request}"
    if item.status == ItemStatus.PROVIDED and item.expires_on:
        return f"A renewal to check. What was accepted before is valid until {long_date(item.expires_on)}."
    if item.status == ItemStatus.PROVIDED:
        return f"Given on {day_and_month(item.provided_at)}." if item.provided_at else "Given."
    return "The doctor has not given this yet."

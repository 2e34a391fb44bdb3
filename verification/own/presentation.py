"""A doctor's own verification in the words of their pages: each item's look, its files, what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse

from accounts.models import User
from accounts.policies import two_step_missing
from accounts.selectors import is_confirmed
from common import clock
from common.templatetags.when import long_date
from common.uploads.showing import Files, Look, files_of, row_of_file
from verification.models import ChecklistItem, Evidence
from verification.selectors import TaskLine, Tasks, today
from verification.selectors.files import files_by_kind, standing_for
from verification.states import EXPIRING, WARNED_DAYS, ItemKind, ItemStatus, Status

_ITEM_LOOKS = {
    ItemStatus.EMPTY: ("circle-dashed", "neutral"),
    ItemStatus.PROVIDED: ("hourglass", "info"),
    ItemStatus.ASKED: ("message-circle-warning", "attention"),
    ItemStatus.ACCEPTED: ("badge-check", "success"),
}
ADD_THE_FILE = "You gave a later day: add the new certificate, so that we can check it."

LEADS = {
    ItemKind.GMC_REGISTER: "As they stand in the medical register.",
    ItemKind.IDENTITY: "Your passport or driving licence: the page with your photograph, sharp and whole.",
    ItemKind.INDEMNITY: "The certificate of your indemnity or insurance, and the last day on which it is valid.",
    ItemKind.QUALIFICATIONS: "Your degrees and specialist training, with their certificates.",
    ItemKind.PHOTO: "A portrait for your page: your face in good light, looking at the camera.",
    ItemKind.STATEMENT: "What patients should know about you. The clinic uses it for your page.",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the task list; `files` are those of this and of earlier rounds that still stand for it."""

    line: TaskLine
    look: Look
    hint: str
    files: Files[Evidence]
    lead: str

    @property
    def kind(self) -> ItemKind:
        return self.line.kind

    @property
    def item(self) -> ChecklistItem:
        return self.line.item

    @property
    def href(self) -> str:
        return item_path(self.line.kind)


@dataclass(frozen=True, kw_only=True)
class Hurdle:
    """One thing that keeps a draft from being submitted, and where to do it."""

    words: str
    href: str


def item_path(kind: ItemKind) -> str:
    """The page on which the doctor does their part of an item."""
    if kind == ItemKind.GMC_REGISTER:
        return reverse("credentials:particulars")
    return reverse("credentials:item", args=[kind.value])


def rows_of(tasks: Tasks) -> list[Row]:
    now, given = clock.now(), files_by_kind(tasks.case)
    order = list(ItemKind)
    lines = sorted(tasks.lines, key=lambda line: order.index(line.kind))
    return [_row(line, given.get(line.kind, []), now) for line in lines]


def row_of(tasks: Tasks, kind: ItemKind) -> Row | None:
    return next((row for row in rows_of(tasks) if row.kind == kind), None)


def hurdles_of(tasks: Tasks, user: User) -> list[Hurdle]:
    """What is missing before the doctor can submit a draft; empty once it is submitted."""
    if tasks.case.status != Status.DRAFT:
        return []
    hurdles = [Hurdle(words=line.missing, href=item_path(line.kind)) for line in tasks.lines if line.missing]
    if not is_confirmed(user):
        hurdles.append(Hurdle(words="Confirm your email address.", href=reverse("account_email")))
    if two_step_missing(user):
        hurdles.append(Hurdle(words="Turn on two-step sign-in.", href=reverse("accounts:two_step_needed")))
    return hurdles


def runs_out_soon(item: ChecklistItem, day: date) -> bool:
    """Whether a credential wants renewing: from its first warning on, with no renewal waiting for its check."""
    if item.kind not in EXPIRING or item.expires_on is None or item.status == ItemStatus.PROVIDED:
        return False
    return item.expires_on - day <= timedelta(days=max(WARNED_DAYS))


def lacks_its_file(item: ChecklistItem) -> bool:
    """Whether the doctor has said a later last day of a credential that is checked, and sent nothing that shows it."""
    said, checked = item.stated_expires_on, item.expires_on
    return item.status == ItemStatus.ACCEPTED and said is not None and checked is not None and said > checked


def _row(line: TaskLine, given: list[Evidence], now: datetime) -> Row:
    files = _files(line, given, now)
    return Row(line=line, look=_look(line), hint=_hint(line, files), files=files, lead=LEADS[line.kind])


def _look(line: TaskLine) -> Look:
    icon, tone = _ITEM_LOOKS[ItemStatus(line.item.status)]
    if line.status == "Ready to submit":
        return Look(line.status, "circle-check", "success")
    return Look(line.status, icon, tone)


def _hint(line: TaskLine, files: Files[Evidence]) -> str:
    if line.request:
        return f"We ask: {line.request}"
    if line.expires_on and line.item.case.status == Status.VERIFIED:
        until = f"Valid until {long_date(line.expires_on)}."
        return f"{until} {ADD_THE_FILE}" if lacks_its_file(line.item) else until
    if line.item.status == ItemStatus.EMPTY and any(row.look.tone == "danger" for row in files.rows):
        return "A file was refused. Choose another one."
    return ""


def _files(line: TaskLine, given: list[Evidence], now: datetime) -> Files[Evidence]:
    own = [file for file in given if file.item_id == line.item.pk]
    shown = {file.pk: file for file in [*own, *standing_for(line.item, given)]}.values()
    rows = [
        row_of_file(file, now, can_take_back=_can_take_back(file, line))
        for file in sorted(shown, key=lambda one: one.pk)
    ]
    return files_of(rows, now)


def _can_take_back(file: Evidence, line: TaskLine) -> bool:
    return line.is_open and file.item_id == line.item.pk and line.item.status != ItemStatus.ACCEPTED


def running_out(lines: Iterable[TaskLine]) -> list[TaskLine]:
    """The credentials of a verified doctor that want renewing."""
    day = today()
    return [line for line in lines if line.item.case.status == Status.VERIFIED and runs_out_soon(line.item, day)]

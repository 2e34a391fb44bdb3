"""The strip on a doctor's day: what of their verification is to do, in one sentence."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from common.templatetags.when import long_date
from verification.models import ChecklistItem, VerificationCase
from verification.own.presentation import runs_out_soon
from verification.selectors import latest_case_of, today
from verification.states import ItemKind, ItemStatus, Status


@dataclass(frozen=True, kw_only=True)
class Notice:
    """`kind` as the alert's; `action` is the name of the link to the task list."""

    title: str
    action: str
    kind: str = "warning"


_OF_STATUS = {
    Status.DRAFT: Notice(title="Your verification is not submitted yet.", action="Go on with it", kind="info"),
    Status.REJECTED: Notice(title="We could not verify you.", action="See why, and what you can do"),
    Status.SUSPENDED: Notice(title="Your verification is suspended.", action="See what this means", kind="error"),
    Status.EXPIRED: Notice(title="A credential has run out, so nobody can book you.", action="Renew it", kind="error"),
}


def notice_of(user: User) -> Notice | None:
    """What the doctor has to do about their verification; None where there is nothing, or no verification at all."""
    case = latest_case_of(user)
    if case is None:
        return None
    status = Status(case.status)
    return _OF_STATUS[status] if status in _OF_STATUS else _of_items(case)


def _of_items(case: VerificationCase) -> Notice | None:
    items = list(case.items.all())
    asked = [item for item in items if item.status == ItemStatus.ASKED]
    if asked:
        return Notice(title=f"We need something from you: {_names(asked)}.", action="See what we ask")
    day = today()
    ending = [item for item in items if runs_out_soon(item, day)] if case.status == Status.VERIFIED else []
    if not ending:
        return None
    first = min(item.expires_on for item in ending if item.expires_on)
    return Notice(title=f"Your {_names(ending)} is valid until {long_date(first)}.", action="Renew it")


def _names(items: list[ChecklistItem]) -> str:
    return ", ".join(ItemKind(item.kind).in_a_sentence for item in items)

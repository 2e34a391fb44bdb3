"""Which forms the case page offers to this officer. The services have the last word on each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from verification import policies, selectors
from verification.models import VerificationCase
from verification.states import REOPENABLE, Status


@dataclass(frozen=True, kw_only=True)
class Offers:
    """`decides` is the person's right; the rest is what the case's stage and claim leave of it."""

    decides: bool
    is_own: bool
    claim: bool = False
    release: bool = False
    assign: bool = False
    check: bool = False
    submit: bool = False
    approve: bool = False
    reject: bool = False
    suspend: bool = False
    reopen: bool = False
    cancel: bool = False
    second: bool = False

    @property
    def anything(self) -> bool:
        return self.submit or self.approve or self.reject or self.suspend or self.reopen


def offers_for(case: VerificationCase, user: User, now: datetime) -> Offers:
    is_own = policies.is_own(user, case.doctor)
    if not policies.may_decide(user, case.doctor):
        return Offers(decides=False, is_own=is_own)
    waits = selectors.waits_for_check(case)
    holds = case.assignee_id == user.pk
    pending = case.status == Status.PENDING
    second = pending and _may_be_second(case, user)
    proved = not selectors.unproved(case.items.all(), now)
    return Offers(
        decides=True,
        is_own=False,
        claim=waits and case.assignee_id is None,
        release=waits and holds,
        assign=waits,
        check=waits and holds,
        submit=case.status == Status.DRAFT and case.doctor.user_id is None,
        approve=pending and proved and (second if case.first_approved_by_id else holds),
        reject=pending and holds,
        suspend=selectors.can_be_suspended(case) and not hasattr(case, "next"),
        reopen=case.status in REOPENABLE and not hasattr(case, "next"),
        cancel=case.doctor.is_barred and not hasattr(case, "next"),
        second=second,
    )


def _may_be_second(case: VerificationCase, user: User) -> bool:
    if case.first_approved_by_id is None or case.first_approved_by_id == user.pk:
        return False
    return selectors.second_approvers_for(case).filter(pk=user.pk).exists()

from __future__ import annotations

from accounts.models import User
from common.errors import Conflict, Forbidden, NotFound
from doctors.models import Doctor
from verification.models import ChecklistItem, VerificationCase
from verification.states import EXPIRING, ItemKind, ItemStatus, Status

VIEW = "verification.view_verificationcase"
DECIDE = "verification.decide_verificationcase"
# After these a doctor begins again by themselves; out of a suspension only an officer leads.
RENEWABLE = frozenset({Status.REJECTED, Status.EXPIRED})


def is_own(user: User, doctor: Doctor) -> bool:
    return doctor.user_id is not None and doctor.user_id == user.pk


def may_view(user: User) -> bool:
    """Whether the person may look at everybody's cases and evidence."""
    return user.has_perm(VIEW)


def may_decide(user: User, doctor: Doctor) -> bool:
    """Whether the person may open, check, decide and suspend this doctor's verification: never about themselves."""
    return user.has_perm(DECIDE) and not is_own(user, doctor)


def assert_may_decide(user: User, doctor: Doctor) -> None:
    """Raises `Forbidden` with code `own_case` or `not_an_officer`."""
    if is_own(user, doctor):
        raise Forbidden("own_case", "You cannot decide your own verification. Ask a colleague.")
    if not user.has_perm(DECIDE):
        raise Forbidden("not_an_officer", "Only verification officers can do this.")


def assert_has_claimed(user: User, case: VerificationCase) -> None:
    """Whoever decides and checks has taken the case. Raises `Conflict` (`not_claimed`, data `by`)."""
    if case.assignee_id != user.pk:
        by = str(case.assignee) if case.assignee else ""
        message = f"{by} has taken this case." if by else "Take this case first, so that nobody else decides it."
        raise Conflict("not_claimed", message, by=by)


def assert_is_own(user: User, doctor: Doctor) -> None:
    """Raises `NotFound` for everybody but the doctor whose verification it is."""
    if not is_own(user, doctor):
        raise NotFound


def can_change_particulars(case: VerificationCase, gmc_item: ChecklistItem) -> bool:
    """Whether the doctor may correct name and number: before submitting, or when asked."""
    asked = case.status == Status.PENDING and gmc_item.status == ItemStatus.ASKED
    return case.status == Status.DRAFT or asked


def can_provide(case: VerificationCase, item: ChecklistItem) -> bool:
    """Whether the doctor may answer the item, and add or take back files, where the case stands now.

    Everything in a draft; what is not checked yet while it waits; what runs out once verified (a renewal).
    """
    if case.status == Status.VERIFIED:
        return item.kind in EXPIRING
    if item.status == ItemStatus.ACCEPTED:
        return case.status == Status.DRAFT and (item.kind in EXPIRING or item.kind not in _PROVED_ONCE)
    return case.status in (Status.DRAFT, Status.PENDING)


# Who somebody is does not change between two cases, so what was accepted of it stays.
_PROVED_ONCE = frozenset({ItemKind.GMC_REGISTER, ItemKind.IDENTITY})


def assert_can_provide(case: VerificationCase, item: ChecklistItem) -> None:
    """Raises `Conflict` (`item_closed`, data `current`, the item's status)."""
    if not can_provide(case, item):
        message = "This has been checked, or the case is closed, so it cannot be changed any more."
        raise Conflict("item_closed", message, current=item.status)

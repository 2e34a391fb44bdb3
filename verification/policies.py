from __future__ import annotations

from accounts.models import User
from common.errors import Conflict, Forbidden, NotFound
from doctors.models import Doctor
from verification.models import ChecklistItem, Evidence, VerificationCase
from verification.states import can_provide

VIEW = "verification.view_verificationcase"
DECIDE = "verification.decide_verificationcase"


def is_own(user: User, doctor: Doctor) -> bool:
    return doctor.user_id is not None and doctor.user_id == user.pk


def may_view(user: User) -> bool:
    """Whether the person may look at everybody's cases and evidence."""
    return user.has_perm(VIEW)


def may_see_evidence(user: User, evidence: Evidence) -> bool:
    """A file is for the doctor whose it is, and for whoever may look at cases."""
    return is_own(user, evidence.item.case.doctor) or may_view(user)


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
        by = case.assignee.shown_name if case.assignee else ""
        message = f"{by} has taken this case." if by else "Take this case first, so that nobody else decides it."
        raise Conflict("not_claimed", message, by=by)


def assert_is_own(user: User, doctor: Doctor) -> None:
    """Raises `NotFound` for everybody but the doctor whose verification it is."""
    if not is_own(user, doctor):
        raise NotFound


def assert_can_provide(case: VerificationCase, item: ChecklistItem) -> None:
    """Raises `Conflict` (`item_closed`, data `current`, the item's status) where the doctor may not change it now."""
    if not can_provide(case.status, item.kind, item.status):
        message = "This has been checked, or the case is closed, so it cannot be changed any more."
        raise Conflict("item_closed", message, current=item.status)

from __future__ import annotations

from accounts.models import User
from common.errors import Forbidden
from doctors.models import Doctor

VIEW = "verification.view_verificationcase"
DECIDE = "verification.decide_verificationcase"


def may_decide(user: User, doctor: Doctor) -> bool:
    """Whether the person may open, decide and suspend this doctor's verification: an officer, not about themselves."""
    return user.has_perm(DECIDE) and doctor.user_id != user.pk


def assert_may_decide(user: User, doctor: Doctor) -> None:
    """Raises `Forbidden` with code `own_case` or `not_an_officer`."""
    if doctor.user_id is not None and doctor.user_id == user.pk:
        raise Forbidden("own_case", "You cannot decide your own verification. Ask a colleague.")
    if not user.has_perm(DECIDE):
        raise Forbidden("not_an_officer", "Only verification officers can do this.")

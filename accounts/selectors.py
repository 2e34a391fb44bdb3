from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from accounts.models import Patient, User


def patient_of(user: User | AnonymousUser) -> Patient | None:
    """The patient whom this account belongs to; None for visitors and for people without a profile.

    The answer is kept on `user`, so that a request asks the database once.
    """
    return getattr(user, "patient", None)

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser

from accounts.models import Patient, User


def patient_of(user: User | AnonymousUser) -> Patient | None:
    """The patient whom this account belongs to; None for visitors and for people without a profile.

    The answer is kept on `user`, so that a request asks the database once.
    """
    return getattr(user, "patient", None)


def confirmed_account(email: str) -> User | None:
    """The active account whose address this is and which has proved it. What is shown must not tell that from None."""
    address = email.strip().lower()
    proved = EmailAddress.objects.filter(verified=True, email__iexact=address).values("user")
    return User.objects.filter(email=address, is_active=True, pk__in=proved).first()

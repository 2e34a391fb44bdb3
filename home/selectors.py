"""What came by the contact pages, for administrators; for everybody else there is nothing."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from accounts.policies import has_role
from accounts.roles import Role
from common.errors import NotFound
from home.models import Enquiry

# Who reads what people write by a contact page.
READER = Role.ADMINISTRATOR


def _enquiries_for(user: User) -> QuerySet[Enquiry]:
    """Without what they say: that is read by `home.services.enquiry_read`, which notes who read it."""
    found = Enquiry.objects.select_related("page", "answered_by").defer("answers")
    return found if has_role(user, READER) else found.none()


def waiting_enquiries(user: User) -> QuerySet[Enquiry]:
    """Those that nobody has answered, the oldest first."""
    return _enquiries_for(user).filter(answered_at=None).order_by("received_at", "pk")


def answered_enquiries(user: User) -> QuerySet[Enquiry]:
    return _enquiries_for(user).exclude(answered_at=None)


def enquiry_for(user: User, enquiry_id: UUID) -> Enquiry:
    """Raises `NotFound`."""
    found = _enquiries_for(user).filter(public_id=enquiry_id).first()
    if found is None:
        raise NotFound
    return found

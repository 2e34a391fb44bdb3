"""What came by the contact pages, for administrators and nobody else; and the pages that are for everybody."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from wagtail.models import Page
from wagtail.query import PageQuerySet

from accounts.models import User
from accounts.policies import has_role
from accounts.roles import Role
from common.errors import NotFound
from doctors.models import Doctor, DoctorPage
from home.models import Enquiry
from home.translations import is_public

# Who reads what people write by a contact page.
READER = Role.ADMINISTRATOR


def pages_for_anybody(pages: PageQuerySet) -> PageQuerySet:
    """Of live pages those that any visitor may read. By their keys, for beside the words of a search only columns may
    be asked."""
    hidden = DoctorPage.objects.exclude(doctor__in=Doctor.objects.listed())
    found = pages.filter(is_public()).exclude(pk__in=hidden.values("pk"))
    return Page.objects.filter(pk__in=found.order_by().values("pk"))


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

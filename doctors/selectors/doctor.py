from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, QuerySet, UUIDField

from accounts.models import User
from common.errors import NotFound
from doctors.errors import NotTakingBookings
from doctors.models.people import NO_TIME, Doctor, Listing, Location, VisitType


class _Stamps(Func):
    """A doctor's `CalendarStamp` and everybody's; by hand, for Django takes long to compose a subquery."""

    template = (
        "ARRAY(SELECT stamp FROM doctors_calendarstamp WHERE doctor_id = %(expressions)s OR doctor_id IS NULL"
        " ORDER BY doctor_id)"
    )
    output_field = ArrayField(UUIDField())


def doctor_listed(slug: str) -> Doctor:
    """The listed doctor of this slug, with specialties, locations and stamps. Raises `NotFound` for everybody else."""
    found = Doctor.objects.listed().annotate(calendar_stamps=_Stamps(F("pk")))
    doctor = found.prefetch_related("specialties", "locations").filter(slug=slug).first()
    if doctor is None:
        raise NotFound("We cannot find this doctor.")
    return doctor


def doctor_to_book(slug: str) -> Doctor:
    """As `doctor_listed`. Raises `NotTakingBookings` for a doctor who has had a public page, and is not listed now."""
    try:
        return doctor_listed(slug)
    except NotFound:
        known = Doctor.objects.filter(slug=slug, page__first_published_at__isnull=False).first()
        if known is None:
            raise
        raise NotTakingBookings(known.name) from None


def visit_types_of(doctor: Doctor) -> QuerySet[VisitType]:
    """What can be booked with the doctor, in the order in which pages offer it."""
    return VisitType.objects.filter(doctor=doctor, is_active=True)


def visit_type_ids_of(doctor: Doctor) -> dict[int, UUID]:
    """The public ids of all of the doctor's visit types, by their keys; also of those that are not offered now."""
    return dict(VisitType.objects.filter(doctor=doctor).values_list("pk", "public_id"))


def has_times(doctor: Doctor) -> bool:
    """Whether anything is free with the doctor that patients can book, as their listing says."""
    return Listing.objects.filter(doctor=doctor, next_available_at__lt=NO_TIME).exists()


def doctor_of(user: User | AnonymousUser) -> Doctor:
    """The doctor whose account this is, listed or not. Raises `NotFound` for everybody else."""
    found = doctor_if_any(user)
    if found is None:
        raise NotFound("There is no doctor's profile for this account yet.")
    return found


def doctor_if_any(user: User | AnonymousUser) -> Doctor | None:
    return Doctor.objects.filter(user=user).first() if user.is_authenticated else None


def location_called(slug: str) -> Location | None:
    """The place of that slug, whoever works there."""
    return Location.objects.filter(slug=slug).first() if slug and "\x00" not in slug else None


def location_to_book(doctor: Doctor, slug: str) -> Location | None:
    """The place of that slug, the doctor's own without a question: hours can outlast a doctor's tie to their place."""
    own = next((location for location in doctor.locations.all() if location.slug == slug), None)
    return own or location_called(slug)

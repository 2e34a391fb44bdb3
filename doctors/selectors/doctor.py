from __future__ import annotations

from django.db.models import QuerySet

from common.errors import NotFound
from doctors.models.people import Doctor, VisitType


def doctor_listed(slug: str) -> Doctor:
    """The listed doctor of this slug, with specialties and locations. Raises `NotFound` for everybody else."""
    doctor = Doctor.objects.listed().prefetch_related("specialties", "locations").filter(slug=slug).first()
    if doctor is None:
        raise NotFound("We cannot find this doctor.")
    return doctor


def visit_types_of(doctor: Doctor) -> QuerySet[VisitType]:
    """What can be booked with the doctor, in the order in which pages offer it."""
    return VisitType.objects.filter(doctor=doctor, is_active=True)

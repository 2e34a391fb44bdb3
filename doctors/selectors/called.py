from __future__ import annotations

import re
from uuid import UUID

from django.core.validators import slug_re
from django.db.models import Q, QuerySet

from doctors.models.people import Doctor
from doctors.querysets import NAME_WORDS, with_words

SHOWN = 10
_MOST_WORDS = 6
_TITLES = frozenset({"dr", "dr.", "mr", "mr.", "mrs", "mrs.", "ms", "ms.", "miss", "prof", "prof."})


def doctor_chosen(*, slug: str = "", public_id: UUID | None = None) -> Doctor | None:
    """The listed doctor whom a slug or a public id names; None for whatever names nobody."""
    if public_id is not None:
        return Doctor.objects.listed().filter(public_id=public_id).first()
    return Doctor.objects.listed().filter(slug=slug).first() if slug_re.fullmatch(slug) else None


def doctors_called(words: str) -> QuerySet[Doctor]:
    """The listed doctors in whose names each word begins one, or whose GMC number it is; the first ten by name."""
    doctors = Doctor.objects.listed().filter(user__isnull=False)
    typed = [word for word in words.replace(",", " ").split() if word.lower() not in _TITLES][:_MOST_WORDS]
    if not typed:
        return doctors.none()
    number = "".join(typed).upper()
    if re.fullmatch(r"C?[0-9]{7}", number):
        found = Q(gmc_number=number)
    else:
        found = Q(pk__in=doctors.alias(words=NAME_WORDS).filter(*map(with_words, typed)).order_by().values("pk"))
    named = doctors.filter(found).prefetch_related("specialties")
    return named.order_by("family_name", "given_name", "pk")[:SHOWN]

"""What a patient may ask for beside words, and which rows of the listing projection answer it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet

from doctors.models.people import KEPT_TIMES, Listing, Location, Specialty
from doctors.models.words import SearchWord
from doctors.querysets import listed


@dataclass(frozen=True, kw_only=True)
class DoctorFilters:
    """What a patient asks for; empty means any. Slugs for specialty and location, an ISO 639-1 code for language.

    `price` is the most that the cheapest visit may cost, in pence; `day`, in the United Kingdom's time, the first on
    which a time is of use.
    """

    q: str = ""
    specialty: str = ""
    location: str = ""
    modality: str = ""
    language: str = ""
    gender: str = ""
    price: int | None = None
    day: date | None = None

    @property
    def earliest(self) -> datetime | None:
        """Before which no time is of use."""
        return datetime.combine(self.day, time(), tzinfo=ZoneInfo("Europe/London")) if self.day else None


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the filters offer; names for the ids that the listing carries."""

    specialties: list[Specialty]
    locations: list[Location]


def search_choices() -> Choices:
    """Each specialty with `search_words`, the conditions by which it is found; in two statements."""
    conditions = SearchWord.objects.filter(specialties=OuterRef("pk")).order_by("word").values("word")
    specialties = Specialty.objects.annotate(search_words=ArraySubquery(conditions))
    return Choices(specialties=list(specialties), locations=list(Location.objects.all()))


def matching(filters: DoctorFilters, choices: Choices) -> QuerySet[Listing]:
    """One row a doctor: that of the place and modality, or of any. A specialty or location that is not finds nobody.

    The listing keeps a few next times: who has so many, all of them before `day`, may have later ones and
    stays; who is known to have none does not.
    """
    found = Listing.objects.filter(listed("doctor__"), modality=filters.modality)
    if filters.location:
        found = found.filter(location__in=_ids(choices.locations, filters.location))
    else:
        found = found.filter(location=None)
    if filters.specialty:
        found = found.filter(specialty_ids__contains=_ids(choices.specialties, filters.specialty) or [0])
    if filters.language:
        found = found.filter(languages__contains=[filters.language])
    if filters.gender:
        found = found.filter(doctor__gender=filters.gender)
    if filters.price is not None:
        found = found.filter(price_from__lte=filters.price)
    if filters.earliest:
        times = [f"next_times__{number}" for number in range(KEPT_TIMES)]
        late_enough = (Q(**{f"{time}__gte": filters.earliest}) for time in times[:-1])
        found = found.filter(reduce(or_, late_enough, Q(**{f"{times[-1]}__isnull": False})))
    return found


def _ids(rows: Iterable[Specialty | Location], slug: str) -> list[int]:
    return [row.pk for row in rows if row.slug == slug]

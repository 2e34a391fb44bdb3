from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from django.db import connection

from common import clock
from doctors.models.searches import OF_THE_SITE
from doctors.selectors.filters import DoctorFilters

# These say how to look around a place, and not what is looked for.
_NOT_COUNTED = frozenset({"miles", "is_nearest_first"})

# The row of the day is there or is made, whoever else makes it meanwhile.
_ONE_MORE = """
    INSERT INTO doctors_emptysearch AS kept (day, asked, count) VALUES (%s, %s, 1)
    ON CONFLICT (day, asked) DO UPDATE SET count = kept.count + 1
"""


def empty_search_count(*, filters: DoctorFilters, now: datetime) -> None:
    """Count a search of a visitor's that found no doctor, by the kinds of its filters alone (see `EmptySearch`).

    Nobody is named and nothing is decided by it, so it has no actor and writes no event. One statement.
    """
    _count("+".join(sorted(field.name for field in fields(filters) if _is_asked(filters, field.name))), now)


def empty_site_search_count(*, now: datetime) -> None:
    """Count a search of the whole site that found nothing; never its words. As `empty_search_count` otherwise."""
    _count(OF_THE_SITE, now)


def _count(asked: str, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ONE_MORE, [clock.clinic_day(now), asked])


def _is_asked(filters: DoctorFilters, name: str) -> bool:
    return name not in _NOT_COUNTED and getattr(filters, name) not in ("", None)

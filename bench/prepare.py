"""Run inside Django on one of the databases: what there is to ask for. Prints JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import django

django.setup()

from django.db.models import Count  # noqa: E402
from wagtail.models import Site  # noqa: E402

from accounts.models import ApiToken, Patient  # noqa: E402
from accounts.states import ALL_SCOPES  # noqa: E402
from bench.consents import agree  # noqa: E402
from booking import selectors  # noqa: E402
from booking.selectors.settings import booking_settings  # noqa: E402
from booking.slots import Slot  # noqa: E402
from common import clock  # noqa: E402
from doctors.models import Doctor, Location, Specialty, VisitType  # noqa: E402
from home.models import (  # noqa: E402
    ArticlePage,
    FaqPage,
    LandingPage,
    LocationPage,
    NewsIndexPage,
    NewsPage,
    SpecialtyPage,
)
from home.paths import page_path  # noqa: E402
from medconsult.demo.bulk import MADE_UP  # noqa: E402


def words() -> dict[str, str]:
    """Filters that find many doctors, and a name that finds few."""
    places, fields = (model.objects.annotate(size=Count("doctors")) for model in (Location, Specialty))
    generated = Doctor.objects.filter(slug__startswith=MADE_UP)
    double_names = generated.filter(family_name__contains="-").values_list("family_name", flat=True)
    return {
        "specialty": fields.latest("size").slug,
        "location": places.latest("size").slug,
        "common": generated.values_list("given_name", flat=True).earliest("pk"),
        "rare": double_names.earliest("pk"),
        "town": Location.objects.exclude(latitude=None).earliest("pk").town,
        "day": f"{clock.now() + timedelta(days=10):%Y-%m-%d}",
    }


def page_paths() -> dict[str, str]:
    """A page of each type that editors write, by what the table calls it."""
    types = {
        "An article": ArticlePage,
        "A piece of news": NewsPage,
        "The news": NewsIndexPage,
        "A specialty": SpecialtyPage,
        "A location": LocationPage,
        "Questions": FaqPage,
        "A landing page with cards, hours and prices": LandingPage,
    }
    return {name: page_path(model.objects.live().earliest("pk")) for name, model in types.items()}


def picker(now: datetime) -> dict[str, str]:
    """A doctor with free times in the coming week."""
    for visit_type in _visit_types():
        slots = selectors.slots_for(
            doctor=visit_type.doctor, visit_type=visit_type, first_day=now.date(), days=7, now=now
        )
        if slots:
            return {"slug": visit_type.doctor.slug, "visit_type": str(visit_type.public_id)}
    raise LookupError("No generated doctor has free times this week.")


def contest(clients: int, rounds: int, now: datetime) -> dict[str, Any]:
    """Tokens of as many patients, and for each round the body of a POST that asks for a free time."""
    patients = Patient.objects.filter(user__email__startswith=MADE_UP).select_related("user").order_by("pk")[:clients]
    agree(patients)
    # Twenty patients share all rounds, and each wins many.
    settings = booking_settings()
    settings.site, settings.visits_ahead = Site.objects.get(is_default_site=True), rounds + 1
    settings.save()
    slugs = dict(Location.objects.values_list("pk", "slug"))
    return {
        "tokens": [
            ApiToken.objects.issue(patient.user, scopes=list(ALL_SCOPES))[1] for patient in patients if patient.user
        ],
        "bodies": [
            {
                "visit_type": str(visit_type.public_id),
                "location": slugs[slot.location_id],
                "start": slot.start.isoformat(),
            }
            for visit_type, slot in islice(_different_times(now), rounds)
        ],
    }


def _different_times(now: datetime) -> Iterator[tuple[VisitType, Slot]]:
    """Free times of doctor after doctor that do not overlap: a patient who won one could not have the other."""
    known: set[datetime] = set()
    for visit_type in _visit_types():
        for slot in _slots(visit_type, now):
            around = {
                slot.start + timedelta(minutes=minutes) for minutes in range(1 - visit_type.minutes, visit_type.minutes)
            }
            if not known & around:
                known.add(slot.start)
                yield visit_type, slot


def _visit_types() -> Any:
    found = VisitType.objects.filter(doctor__slug__startswith=MADE_UP, position=0).select_related("doctor")
    return islice(found.order_by("pk").iterator(), 200)


def _slots(visit_type: VisitType, now: datetime) -> list[Slot]:
    return selectors.slots_for(
        doctor=visit_type.doctor, visit_type=visit_type, first_day=now.date(), days=visit_type.horizon_days, now=now
    )


if __name__ == "__main__":
    clients, rounds = map(int, sys.argv[1:])
    now = clock.now()
    facts = {**words(), **picker(now), "pages": page_paths()}
    print(json.dumps({**facts, **(contest(clients, rounds, now) if rounds else {})}))

"""Run inside Django on the database of a million grants (the small one with --quick): lists. Prints JSON.

Each person's list through `visible_to`, in turn with the plain foreign-key filter that finds their own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.db.models import Count, Model, Q  # noqa: E402

from accounts.backends import AccountBackend  # noqa: E402
from accounts.models import Patient, User  # noqa: E402
from accounts.roles import Role  # noqa: E402
from accounts.services import role_grant  # noqa: E402
from accounts.tests.factories import CarerFactory, UserFactory  # noqa: E402
from bench.inside import WARMING, Action, Sample, summary, timed  # noqa: E402
from booking import selectors  # noqa: E402
from booking.models import Appointment, AppointmentUserGrant  # noqa: E402
from common.permissions import grant  # noqa: E402
from doctors.models import Doctor, Location  # noqa: E402
from doctors.services import staff_join  # noqa: E402
from medconsult.demo.bulk import MADE_UP  # noqa: E402

LIST_LENGTH = 20
GRANTS = 20
SHOWN_WITH = ("doctor", "patient", "location", "visit_type")


def people() -> dict[str, tuple[User, Q]]:
    """Who looks, and the filter by a foreign key that finds what is theirs by ownership alone."""
    patients = Patient.objects.filter(user__email__startswith=MADE_UP).select_related("user").order_by("pk")
    alone, granted, helped = patients[:3]
    assert granted.user is not None
    have_grants(granted.user, Appointment, Q(patient=granted))
    doctor = Doctor.objects.filter(slug__startswith=MADE_UP).annotate(size=Count("appointments")).latest("size", "pk")
    doctor.user = UserFactory.create(email=f"{MADE_UP}doctor@demo.example")
    doctor.save(update_fields=["user"])
    role_grant(actor=None, user_id=doctor.user.public_id, role=Role.DOCTOR)
    carer = UserFactory.create(email=f"{MADE_UP}carer@demo.example")
    CarerFactory.create(patient=helped, user=carer)
    place = Location.objects.annotate(size=Count("appointments")).latest("size")
    clerk = UserFactory.create(email=f"{MADE_UP}clerk@demo.example")
    staff_join(actor=None, location_id=place.pk, user_id=clerk.public_id)
    nobody = UserFactory.create(email=f"{MADE_UP}nobody@demo.example")
    found: dict[str, tuple[User | None, Q]] = {
        "patient": (alone.user, Q(patient=alone)),
        "granted": (granted.user, Q(patient=granted)),
        "doctor": (doctor.user, Q(doctor=doctor)),
        "carer": (carer, Q(patient=helped)),
        "staff": (clerk, Q(location=place)),
        "nobody": (nobody, Q(patient__user=nobody)),
    }
    backend = AccountBackend()
    return {name: (asking(backend, user), own) for name, (user, own) in found.items() if user}


def asking(backend: AccountBackend, user: User) -> User:
    """Loaded anew as for a request, with what the person is and may do now."""
    loaded = backend.get_user(user.pk)
    assert loaded is not None
    return loaded


def have_grants(user: User, model: type[Model], theirs: Q) -> None:
    """Twenty, where the person has none: on what is somebody else's."""
    codename = f"view_{model._meta.model_name}"
    manager = model._default_manager
    if manager.filter(user_grants__user=user).exists():
        return
    for row in manager.exclude(theirs).order_by("pk")[:GRANTS]:
        grant(user, codename, row)


def lists(found: dict[str, tuple[User, Q]]) -> dict[str, Iterator[Action]]:
    rows: dict[str, Iterator[Action]] = {}
    for name, (user, own) in found.items():
        rows[f"{name}_plain"] = forever(lambda own=own: _plain(own))  # type: ignore[misc]
        rows[f"{name}_ours"] = forever(lambda user=user: _visible(user))  # type: ignore[misc]
    return rows


def _plain(own: Q) -> list[Appointment]:
    return list(Appointment.objects.filter(own).select_related(*SHOWN_WITH).order_by("start", "pk")[:LIST_LENGTH])


def _visible(user: User) -> list[Appointment]:
    return list(selectors.appointments_visible_to(user, limit=LIST_LENGTH))


def forever(action: Action) -> Iterator[Action]:
    while True:
        yield action


def measured(actions: Mapping[str, Iterator[Action]], rounds: int) -> dict[str, dict[str, float]]:
    samples: dict[str, list[Sample]] = {name: [] for name in actions}
    for number in range(WARMING + rounds):
        for name, turns in actions.items():
            sample = timed(next(turns))
            if number >= WARMING:
                samples[name].append(sample)
    return {name: summary(own) for name, own in samples.items()}


def run(rounds: int) -> dict[str, dict[str, float]]:
    with transaction.atomic():
        costs = measured(lists(people()), rounds)
        sizes: dict[str, float] = {
            "appointments": Appointment.objects.count(),
            "grants": AppointmentUserGrant.objects.count(),
        }
        # The database is kept for the next run.
        transaction.set_rollback(True)
    return {**costs, "sizes": sizes}


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]))))

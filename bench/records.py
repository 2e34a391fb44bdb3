"""Run inside Django on the database of a million of each kind: the lists of records. Prints JSON.

Each list through its selector, in turn with the plain foreign-key filter that finds the same for its owner.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.db.models import Count, Model, Q, QuerySet  # noqa: E402

from accounts.backends import AccountBackend  # noqa: E402
from accounts.models import Patient, User  # noqa: E402
from accounts.roles import Role  # noqa: E402
from accounts.services import role_grant  # noqa: E402
from accounts.tests.factories import UserFactory  # noqa: E402
from bench.inside import Action  # noqa: E402
from bench.lists import LIST_LENGTH, asking, forever, have_grants, measured  # noqa: E402
from booking.models import Appointment  # noqa: E402
from common import clock  # noqa: E402
from common.keyset import beyond  # noqa: E402
from doctors.models import Doctor  # noqa: E402
from medconsult.demo.bulk import MADE_UP  # noqa: E402
from records import selectors  # noqa: E402
from records.models import Document, Prescription, VisitNote  # noqa: E402

FAR_DOWN = 200


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One guarded model of records: how it is listed, newest first by `newest`."""

    model: type[Model]
    visible: Callable[..., QuerySet[Any]]
    newest: str
    shown_with: tuple[str, ...]


KINDS = {
    "notes": Kind(
        model=VisitNote,
        visible=selectors.notes_visible_to,
        newest="signed_at",
        shown_with=("appointment__location", "appointment__visit_type", "doctor", "patient"),
    ),
    "documents": Kind(
        model=Document,
        visible=selectors.documents_visible_to,
        newest="uploaded_at",
        shown_with=("patient", "doctor", "appointment__location", "appointment__visit_type"),
    ),
    "prescriptions": Kind(
        model=Prescription,
        visible=selectors.prescriptions_visible_to,
        newest="signed_at",
        shown_with=("doctor", "patient", "appointment", "replaces"),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Looking:
    """Who lists what, and the plain filter that finds it; `filters` is what they chose on the page."""

    user: User
    own: Q
    filters: Q = Q()


def people(kind: Kind) -> dict[str, Looking]:
    patients = Patient.objects.filter(user__email__startswith=MADE_UP).select_related("user").order_by("pk")
    alone, granted = patients[:2]
    have_grants(granted, kind.model)
    author, colleague = _doctors()
    seen = _seen_now(colleague)
    nobody = UserFactory.create(email=f"{MADE_UP}noone@demo.example")
    of_one = Q(patient=alone)
    since = Q(**{f"{kind.newest}__gte": clock.now() - timedelta(days=365 * 6)})
    found = {
        "patient": (alone.user, Q(patient=alone), Q()),
        "page": (alone.user, Q(patient=alone), _after(kind, alone)),
        "granted": (granted.user, Q(patient=granted), Q()),
        "granted_page": (granted.user, Q(patient=granted), _after(kind, granted)),
        "doctor": (author.user, Q(doctor=author), Q()),
        "doctor_filtered": (author.user, Q(doctor=author), since),
        "colleague": (colleague.user, Q(patient=seen), Q(patient=seen)),
        "nobody": (nobody, Q(patient__user=nobody), of_one),
    }
    backend = AccountBackend()
    return {
        name: Looking(user=asking(backend, user), own=own, filters=filters)
        for name, (user, own, filters) in found.items()
        if user
    }


def _doctors() -> list[Doctor]:
    made_up = Doctor.objects.filter(slug__startswith=MADE_UP).annotate(size=Count("appointments"))
    found = list(made_up.order_by("-size", "-pk")[:2])
    for number, doctor in enumerate(found):
        doctor.user = UserFactory.create(email=f"{MADE_UP}author{number}@demo.example")
        doctor.save(update_fields=["user"])
        role_grant(actor=None, user_id=doctor.user.public_id, role=Role.DOCTOR)
    return found


def _seen_now(doctor: Doctor) -> Patient:
    """Thirty of the doctor's visits were this week; the record of one of those patients is looked at."""
    now = clock.now()
    visits = list(Appointment.objects.filter(doctor=doctor).order_by("-pk")[:30])
    for number, visit in enumerate(visits):
        start = now - timedelta(hours=number + 1)
        Appointment.objects.filter(pk=visit.pk).update(start=start, end=start + timedelta(minutes=20))
    return visits[0].patient


def _after(kind: Kind, patient: Patient) -> Q:
    """A page far down the list, as its address says; the list itself in a database without so many."""
    order = (f"-{kind.newest}", "-pk")
    rows = kind.model._default_manager.filter(patient=patient).order_by(*order).values(kind.newest, "pk")
    edge = next(iter(rows[FAR_DOWN : FAR_DOWN + 1]), None)
    return beyond(edge, is_rising=False) if edge else Q()


def lists(kind: Kind, found: dict[str, Looking]) -> dict[str, Iterator[Action]]:
    rows: dict[str, Iterator[Action]] = {}
    for name, looking in found.items():
        rows[f"{name}_plain"] = forever(lambda looking=looking: _plain(kind, looking))  # type: ignore[misc]
        rows[f"{name}_ours"] = forever(lambda looking=looking: _ours(kind, looking))  # type: ignore[misc]
    return rows


def _plain(kind: Kind, looking: Looking) -> list[Any]:
    rows = kind.model._default_manager.filter(looking.own, looking.filters).select_related(*kind.shown_with)
    return list(rows.order_by(f"-{kind.newest}", "-pk")[:LIST_LENGTH])


def _ours(kind: Kind, looking: Looking) -> list[Any]:
    order = (f"-{kind.newest}", "-pk")
    return list(kind.visible(looking.user, filters=looking.filters, order_by=order, limit=LIST_LENGTH))


def run(rounds: int) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, kind in KINDS.items():
        with transaction.atomic():
            costs = measured(lists(kind, people(kind)), rounds)
            found[name] = {**costs, "sizes": {"rows": kind.model._default_manager.count()}}
            # The database is kept for the next run.
            transaction.set_rollback(True)
    return found


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]))))

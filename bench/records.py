"""Run inside Django on the database of a million of each kind: the lists of records. Prints JSON.

Each list through its selector, in turn with the plain foreign-key filter that finds the same for its owner.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
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
from records.models.prescriptions import PRESCRIPTION_TEXTS  # noqa: E402

FAR_DOWN, HALF = 200, 500


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One guarded model of records: how pages list it, newest first by `newest` and what a doctor has written by
    `newest_written` (where a page lists that), with what beside it, and without what (`unread`)."""

    model: type[Model]
    visible: Callable[..., QuerySet[Any]]
    newest: str
    newest_written: str
    shown_with: tuple[str, ...]
    unread: tuple[str, ...]


KINDS = {
    "notes": Kind(
        model=VisitNote,
        visible=selectors.notes_visible_to,
        newest="signed_at",
        newest_written="created_at",
        shown_with=("appointment__location", "appointment__visit_type", "doctor", "patient"),
        unread=("draft", "error_reason"),
    ),
    "documents": Kind(
        model=Document,
        visible=selectors.documents_visible_to,
        newest="uploaded_at",
        newest_written="",
        shown_with=("patient", "doctor", "appointment__location", "appointment__visit_type"),
        unread=("error_reason",),
    ),
    "prescriptions": Kind(
        model=Prescription,
        visible=selectors.prescriptions_visible_to,
        newest="signed_at",
        newest_written="created_at",
        shown_with=("doctor", "patient", "appointment", "replaces"),
        unread=PRESCRIPTION_TEXTS,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Looking:
    """Who lists what by which column, and the plain filter that finds it; `filters` is what they chose on the page,
    `patient` whose record they are in."""

    user: User
    own: Q
    newest: str
    filters: Q = Q()
    patient: Patient | None = None
    as_author: bool = False

    @property
    def order(self) -> tuple[str, str]:
        return f"-{self.newest}", "-pk"


def people(kind: Kind) -> dict[str, Looking]:
    patients = Patient.objects.filter(user__email__startswith=MADE_UP).select_related("user").order_by("pk")
    alone, holder = patients[:2]
    author, granted, colleague = _doctors()
    for somebody, theirs in ((_account(holder), Q(patient=holder)), (_account(granted), Q(doctor=granted))):
        have_grants(somebody, kind.model, theirs)
    seen = _seen_now(colleague)
    nobody = UserFactory.create(email=f"{MADE_UP}noone@demo.example")
    record = partial(Looking, newest=kind.newest)
    of_seen = partial(record, user=_account(colleague), own=Q(patient=seen), patient=seen)
    found = {
        "patient": record(user=_account(alone), own=Q(patient=alone)),
        "page": record(user=_account(alone), own=Q(patient=alone), filters=_after(kind, alone)),
        "granted": record(user=_account(holder), own=Q(patient=holder)),
        "granted_page": record(user=_account(holder), own=Q(patient=holder), filters=_after(kind, holder)),
        "doctor": record(user=_account(author), own=Q(doctor=author)),
        "doctor_filtered": record(
            user=_account(author), own=Q(doctor=author), filters=_older_half(kind, author, kind.newest)
        ),
        "doctor_granted": record(user=_account(granted), own=Q(doctor=granted)),
        "doctor_seeing": record(user=_account(colleague), own=Q(doctor=colleague)),
        "colleague": of_seen(),
        "colleague_page": of_seen(filters=_after(kind, seen)),
        "nobody": record(user=nobody, own=Q(patient=alone), patient=alone),
    }
    if kind.newest_written:
        written = Looking(user=_account(author), own=Q(doctor=author), newest=kind.newest_written, as_author=True)
        found |= {
            "written": written,
            "written_page": replace(written, filters=_older_half(kind, author, kind.newest_written)),
        }
    backend = AccountBackend()
    return {name: replace(looking, user=asking(backend, looking.user)) for name, looking in found.items()}


def _account(person: Patient | Doctor) -> User:
    assert person.user is not None
    return person.user


def _doctors() -> list[Doctor]:
    made_up = Doctor.objects.filter(slug__startswith=MADE_UP).annotate(size=Count("appointments"))
    found = list(made_up.order_by("-size", "-pk")[:3])
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
    edge = _row(kind, Q(patient=patient), kind.newest, FAR_DOWN)
    return beyond(edge, is_rising=False) if edge else Q()


def _older_half(kind: Kind, doctor: Doctor, newest: str) -> Q:
    """Up to a day, as a filter by years says; everything in a database without so many."""
    row = _row(kind, Q(doctor=doctor), newest, HALF)
    return Q(**{f"{newest}__lt": row[newest]}) if row else Q()


def _row(kind: Kind, own: Q, newest: str, number: int) -> dict[str, Any] | None:
    rows = kind.model._default_manager.filter(own).order_by(f"-{newest}", "-pk").values(newest, "pk")
    return next(iter(rows[number : number + 1]), None)


def lists(kind: Kind, found: dict[str, Looking]) -> dict[str, Iterator[Action]]:
    rows: dict[str, Iterator[Action]] = {}
    for name, looking in found.items():
        rows[f"{name}_plain"] = forever(lambda looking=looking: _plain(kind, looking))  # type: ignore[misc]
        rows[f"{name}_ours"] = forever(lambda looking=looking: _ours(kind, looking))  # type: ignore[misc]
    return rows


def _plain(kind: Kind, looking: Looking) -> list[Any]:
    """All that our list does but for asking who may: the same columns and joins, and no mistakes either."""
    rows = kind.model._default_manager.filter(looking.own, looking.filters, ~Q(status="entered-in-error"))
    rows = rows.select_related(*kind.shown_with).defer(*kind.unread)
    return list(rows.order_by(*looking.order)[:LIST_LENGTH])


def _ours(kind: Kind, looking: Looking) -> list[Any]:
    asked = {"as_author": True} if looking.as_author else {"patient": looking.patient}
    visible = partial(kind.visible, looking.user, filters=looking.filters, **asked)
    return list(visible(order_by=looking.order, limit=LIST_LENGTH))


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

"""What changing a doctor's hours has in common; each runs inside the transaction of a service."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from audit.services import event_record
from booking.errors import HoursAffect
from booking.locks import lock_doctor
from booking.models import Appointment, AvailabilityException, AvailabilityRule
from booking.policies import can_manage_availability
from booking.selectors.outside import Hours, hours_of, left_outside
from booking.services.listing import listing_write
from common.errors import Invalid, NotFound
from common.history import sign
from common.locks import busy_if_locked
from doctors.models import Doctor, Location


def remove_row(
    rows: QuerySet[AvailabilityRule] | QuerySet[AvailabilityException],
    *,
    actor: User,
    action: str,
    now: datetime,
    shown: Collection[UUID] | None = None,
) -> None:
    """Take one row away, under its doctor's lock. Raises `NotFound`, also for those who do not keep these hours.

    And `HoursAffect` (see `asserted_shown`).
    """
    with busy_if_locked(), transaction.atomic():
        doctor = managed(lock_doctor(found(rows).doctor_id), actor)
        # Asked again behind the lock: somebody else may have removed it meanwhile.
        row = found(rows)
        before = hours_of(doctor, now=now)
        affected = asserted_shown(doctor, before=before, after=before.without(row), shown=shown, now=now)
        remove(row, actor, action=action, affected=affected)
        listing_write([doctor], now=now)


def remove(
    row: AvailabilityRule | AvailabilityException, actor: User, *, action: str, affected: int | None = None
) -> None:
    event_record(action, row, actor=actor, affected=affected)
    sign(row, actor)
    row.delete()


def asserted_shown(
    doctor: Doctor, *, before: Hours, after: Hours, shown: Collection[UUID] | None, now: datetime
) -> int:
    """How many visits a change of hours leaves outside of them.

    Raises `HoursAffect` where there are such that were not `shown`; with None nobody asks, and they stay.
    """
    affected = left_outside(doctor, before=before, after=after, now=now)
    assert_shown(affected, shown)
    return len(affected)


def assert_shown(affected: Sequence[Appointment], shown: Collection[UUID] | None) -> None:
    """Raises `HoursAffect` with all of them where some were not shown."""
    if shown is not None and not {row.public_id for row in affected} <= set(shown):
        raise HoursAffect(affected)


def found(
    rows: QuerySet[AvailabilityRule] | QuerySet[AvailabilityException],
) -> AvailabilityRule | AvailabilityException:
    row = rows.all().first()
    if row is None:
        raise NotFound
    return row


def managed(doctor: Doctor, actor: User) -> Doctor:
    """The doctor, if the actor keeps their hours. Raises `NotFound`."""
    if not can_manage_availability(actor, doctor):
        raise NotFound
    return doctor


def asserted_location(doctor: Doctor, location_id: int) -> Location:
    """Raises `Invalid` (`availability_invalid`, field `location`)."""
    location = doctor.locations.filter(pk=location_id).first()
    if location is None:
        message = "Choose one of the places where you work."
        raise Invalid("availability_invalid", message, fields={"location": [message]})
    return location


def asserted_visit_types(doctor: Doctor, visit_type_ids: Collection[UUID]) -> list[int]:
    """The keys of visit types of the doctor, in order. Raises `Invalid` (`availability_invalid`, `visit_types`)."""
    wanted = set(visit_type_ids)
    keys = sorted(doctor.visit_types.filter(public_id__in=wanted).values_list("pk", flat=True)) if wanted else []
    if len(keys) != len(wanted):
        message = "Choose among your own visits."
        raise Invalid("availability_invalid", message, fields={"visit_types": [message]})
    return keys


def save_changed(rule: AvailabilityRule, actor: User, *, affected: int) -> None:
    sign(rule, actor)
    rule.save()
    event_record("availability.rule_changed", rule, actor=actor, affected=affected)


def save_new(row: AvailabilityRule | AvailabilityException, actor: User) -> None:
    sign(row, actor)
    row.save(force_insert=True)

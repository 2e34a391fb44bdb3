"""Several weekly windows at once: a day copied to others, windows changed or removed together, and those whom that
leaves outside the hours.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import copy
from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from booking.errors import RuleStale
from booking.locks import lock_doctor_named
from booking.models import AvailabilityRule, Cancelling
from booking.selectors.availability import week_version
from booking.selectors.outside import Hours, hours_of, outside_hours
from booking.services.bulk import cancel_many
from booking.services.hours import (
    asserted_location,
    asserted_shown,
    managed,
    remove,
    save_changed,
    save_new,
)
from booking.services.listing import listing_write
from booking.states import CancelReason
from booking.validators import assert_rule, copied, copy_refused, is_alike, nothing_to_copy, overlapping
from common import clock
from common.errors import Invalid, NotFound
from common.locks import busy_if_locked
from doctors.models import Doctor


def day_copy(
    *,
    actor: User,
    doctor_id: UUID,
    weekday: int,
    to: Collection[int],
    replace: bool = False,
    shown: Collection[UUID] | None = None,
    now: datetime | None = None,
) -> list[AvailabilityRule]:
    """Copy the windows of a weekday that are in force or to come to other weekdays: all of them or, where one
    overlaps, none. What is there already is left as it is, or with `replace` taken away where it is another.

    Raises `NotFound`, `Busy`, `Invalid` (`availability_invalid`, `rule_overlaps`; fields `weekday` and `to`), and
    `HoursAffect` where appointments that were not `shown` would fall outside the new hours.
    """
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        doctor = managed(lock_doctor_named(doctor_id), actor)
        before = hours_of(doctor, now=now)
        known = [rule for rule in before.rules if rule.valid_until is None or rule.valid_until >= clock.clinic_day(now)]
        wanted = [copied(rule, day) for rule in known if rule.weekday == weekday for day in to if day != weekday]
        if not wanted:
            raise nothing_to_copy(has_hours=any(rule.weekday == weekday for rule in known))
        others = [rule for rule in known if replace and rule.weekday in to and rule.weekday != weekday]
        gone = [rule for rule in others if not any(is_alike(rule, one) for one in wanted)]
        new = [rule for rule in wanted if not any(is_alike(rule, other) for other in known)]
        after = before.without(*gone).with_rules(new)
        for rule in new:
            if other := overlapping(rule, after.rules):
                raise copy_refused(rule, other)
        affected = asserted_shown(doctor, before=before, after=after, shown=shown, now=now)
        for rule in gone:
            remove(rule, actor, action="availability.rule_removed", affected=affected)
        for rule in new:
            save_new(rule, actor)
            event_record("availability.rule_added", rule, actor=actor)
        listing_write([doctor], now=now)
        return new


def rules_change(
    *,
    actor: User,
    doctor_id: UUID,
    rule_ids: Collection[UUID],
    seen: int,
    location_id: int | None = None,
    start_time: time | None = None,
    end_time: time | None = None,
    valid_until: date | None = None,
    shown: Collection[UUID] | None = None,
    now: datetime | None = None,
) -> list[AvailabilityRule]:
    """Give several windows another place, start, end or last day; what is None stays. All are changed, or none.

    `seen` is what `selectors.week_version` said when they were shown. Raises as `rule_change`.
    """
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        doctor, before, chosen = _chosen(actor, doctor_id, rule_ids, seen=seen, now=now)
        asked = {"start_time": start_time, "end_time": end_time, "valid_until": valid_until}
        changes: dict[str, object] = {name: value for name, value in asked.items() if value is not None}
        if location_id is not None:
            changes["location"] = asserted_location(doctor, location_id)
        if not changes:
            raise _refused(None, "Say what should change: the place, the times or the last day.")
        changed = [_altered(rule, changes) for rule in chosen]
        after = before.with_rules(changed)
        for rule in changed:
            assert_rule(rule, after.rules)
        affected = asserted_shown(doctor, before=before, after=after, shown=shown, now=now)
        for rule in changed:
            save_changed(rule, actor, affected=affected)
        listing_write([doctor], now=now)
        return changed


def rules_remove(
    *,
    actor: User,
    doctor_id: UUID,
    rule_ids: Collection[UUID],
    seen: int,
    shown: Collection[UUID] | None = None,
    now: datetime | None = None,
) -> None:
    """Close several weekly windows for good. Appointments in them stay. Raises as `rules_change`."""
    now = now or clock.now()
    with busy_if_locked(), transaction.atomic():
        doctor, before, chosen = _chosen(actor, doctor_id, rule_ids, seen=seen, now=now)
        affected = asserted_shown(doctor, before=before, after=before.without(*chosen), shown=shown, now=now)
        for rule in chosen:
            remove(rule, actor, action="availability.rule_removed", affected=affected)
        listing_write([doctor], now=now)


def outside_hours_cancel(
    *, actor: User, doctor_id: UUID, appointment_ids: Collection[UUID], now: datetime | None = None
) -> Cancelling:
    """Cancel as the doctor those of the appointments ahead that lie outside the doctor's hours, and offer the patients
    new times (`cancel_many`). Raises `NotFound`.
    """
    now = now or clock.now()
    doctor = Doctor.objects.filter(public_id=doctor_id).first()
    if doctor is None:
        raise NotFound
    managed(doctor, actor)
    wanted = set(appointment_ids)
    outside = outside_hours(doctor, hours_of(doctor, now=now), now=now)
    return cancel_many(
        [visit for visit in outside if visit.public_id in wanted], CancelReason.DOCTOR, actor=actor, now=now
    )


def _chosen(
    actor: User, doctor_id: UUID, rule_ids: Collection[UUID], *, seen: int, now: datetime
) -> tuple[Doctor, Hours, Sequence[AvailabilityRule]]:
    """The doctor, locked, with their hours, and the windows that are meant."""
    doctor = managed(lock_doctor_named(doctor_id), actor)
    if week_version(doctor) != seen:
        raise RuleStale
    hours, wanted = hours_of(doctor, now=now), set(rule_ids)
    chosen = [rule for rule in hours.rules if rule.public_id in wanted]
    if len(chosen) != len(wanted):
        raise NotFound
    if not chosen:
        raise _refused("rules", "Choose at least one window.")
    return doctor, hours, chosen


def _altered(rule: AvailabilityRule, changes: dict[str, object]) -> AvailabilityRule:
    changed = copy(rule)
    for name, value in changes.items():
        setattr(changed, name, value)
    return changed


def _refused(field: str | None, message: str) -> Invalid:
    return Invalid("availability_invalid", message, fields={field: [message]} if field else {})

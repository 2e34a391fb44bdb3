from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from booking.locks import lock_doctor_named
from booking.selectors.availability import limits_seen
from booking.services.hours import managed
from booking.services.listing import listing_write
from booking.validators import assert_limits
from common import clock
from common.errors import Conflict
from common.locks import busy_if_locked
from doctors.models import Doctor
from doctors.services import doctor_limits_write


def limits_change(
    *,
    actor: User,
    doctor_id: UUID,
    seen: str,
    daily_cap: int | None = None,
    minimum_notice: int | None = None,
    horizon_days: int | None = None,
    buffer_before: int | None = None,
    buffer_after: int | None = None,
    now: datetime | None = None,
) -> Doctor:
    """Limit all visits of a doctor at once, beside what their types say: the stricter holds. Minutes, and days for
    the horizon; None is no limit. What is booked stays.

    `seen` is what `selectors.limits_seen` said when they were shown. Raises `NotFound`, `Busy`, `Invalid`
    (`availability_invalid`, with the parameters' names as fields) and `Conflict` (`limits_changed`).
    """
    limits = {
        "daily_cap": daily_cap,
        "minimum_notice": minimum_notice,
        "horizon_days": horizon_days,
        "buffer_before": buffer_before,
        "buffer_after": buffer_after,
    }
    with busy_if_locked(), transaction.atomic():
        doctor = managed(lock_doctor_named(doctor_id), actor)
        if limits_seen(doctor) != seen:
            raise Conflict("limits_changed", "These limits have been changed meanwhile. Look at them again.")
        assert_limits(limits)
        doctor_limits_write(doctor=doctor, actor=actor, **limits)
        event_record("availability.limits_changed", doctor, actor=actor)
        listing_write([doctor], now=now or clock.now())
        return doctor

from __future__ import annotations

from accounts.models import User
from common.history import sign
from doctors.models import Doctor

OWN_LIMITS = ("daily_cap", "minimum_notice", "horizon_days", "buffer_before", "buffer_after")


def doctor_limits_write(*, doctor: Doctor, actor: User, **limits: int | None) -> None:
    """Write a doctor's own limits by their names, on a row that the caller has locked.

    Whether they are sound is for booking to say, which obeys them.
    """
    for name in OWN_LIMITS:
        setattr(doctor, name, limits[name])
    sign(doctor, actor)
    doctor.save(update_fields=list(OWN_LIMITS))

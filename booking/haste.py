"""How often one account may ask for a booking, by form and by API together, whether it gets one or not."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from accounts.models import User
from booking.errors import TooManyBookings
from common.limits import Limit, spend


def assert_no_haste(user: User) -> None:
    """Counts one more time; call it before the booking's transaction. Raises `TooManyBookings`."""
    limit = Limit(name="bookings", most=settings.BOOKINGS_AN_HOUR, within=timedelta(hours=1))
    if not spend(limit, str(user.public_id)):
        raise TooManyBookings

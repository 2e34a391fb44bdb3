from __future__ import annotations

from booking.models import BookingSettings


def booking_settings() -> BookingSettings:
    """What this installation decides about booking: its default site's row, or the defaults where none was saved."""
    return BookingSettings.objects.filter(site__is_default_site=True).first() or BookingSettings()

from __future__ import annotations

from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "booking"

    def ready(self) -> None:
        from booking.models import Appointment
        from booking.policies import owns
        from common.permissions import guard

        guard(Appointment, owns=owns)

from __future__ import annotations

from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "booking"

    def ready(self) -> None:
        from booking.facts import still_told
        from booking.models import Appointment
        from booking.policies import owns
        from common.permissions import guard
        from notifications.policies import answer_for

        guard(Appointment, owns=owns)
        answer_for("appointment", still_told)

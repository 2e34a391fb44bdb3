from __future__ import annotations

from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "booking"

    def ready(self) -> None:
        from common.permissions import guard  # noqa: PLC0415

        from booking.models import Appointment  # noqa: PLC0415 — models exist only once all apps are loaded
        from booking.policies import owns  # noqa: PLC0415

        guard(Appointment, owns=owns)

from __future__ import annotations

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from billing import receivers
        from billing.models import Payment
        from billing.policies import owns
        from booking.signals import appointment_released
        from common.permissions import guard

        guard(Payment, owns=owns)
        appointment_released.connect(receivers.appointment_released, dispatch_uid="billing.appointment_released")

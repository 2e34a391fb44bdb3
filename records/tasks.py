from __future__ import annotations

from celery import shared_task

from common import clock
from records import services


@shared_task(name="records.expire_prescriptions")
def expire_prescriptions() -> int:
    """Write down which prescriptions are over; pages and services know without it."""
    return services.prescriptions_expire(now=clock.now())

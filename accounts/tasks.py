from __future__ import annotations

from celery import shared_task

from accounts import services


@shared_task(name="accounts.sweep_sessions")
def sweep_sessions() -> int:
    """Remove the rows of sessions that are long over; each is over by its times, with or without this."""
    return services.sessions_sweep()

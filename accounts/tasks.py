from __future__ import annotations

from celery import shared_task

from accounts import services


@shared_task(name="accounts.sweep_sessions")
def sweep_sessions() -> int:
    """Remove the rows of sessions that are long over; each is over by its times, with or without this."""
    return services.sessions_sweep()


@shared_task(name="accounts.refresh_outside_tokens")
def refresh_outside_tokens() -> int:
    """Ask other providers whether they still stand for those whom they let in; who is refused is signed out."""
    return services.outside_tokens_sweep()

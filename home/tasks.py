from __future__ import annotations

import logging

from celery import shared_task
from django.core.management import call_command

from common import clock, pictures
from home.locks import sole_publisher
from home.operations import alarms_of, figures_now
from home.services import enquiries_forget

# About a second each.
DRAWN_AT_ONCE = 20

logger = logging.getLogger(__name__)


@shared_task(name="home.publish_scheduled_pages")
def publish_scheduled_pages() -> bool:
    """Publishes and unpublishes the pages whose hour has come. False where another worker is at it."""
    with sole_publisher() as ours:
        if ours:
            call_command("publish_scheduled", verbosity=0)
    return ours


@shared_task(name="home.draw_pictures")
def draw_pictures() -> int:
    """Adds the AVIF of pictures that pages show in WebP by now; how many."""
    return pictures.avif_draw(limit=DRAWN_AT_ONCE)


@shared_task(name="home.forget_enquiries")
def forget_enquiries() -> int:
    """Deletes what came by the contact pages and was answered long ago."""
    return enquiries_forget(now=clock.now())


@shared_task(name="home.watch")
def watch() -> int:
    """Writes a line into the log for each alarm, `alarm=name` and its figures, as long as it stands; how many."""
    alarms = alarms_of(figures_now(clock.now()))
    for alarm in alarms:
        told = {"alarm": alarm.name, **alarm.figures}
        logger.error("%s", " ".join(f"{name}={value}" for name, value in told.items()), extra=told)
    return len(alarms)

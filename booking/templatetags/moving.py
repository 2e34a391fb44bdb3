"""Where an appointment gets another time."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from booking import policies
from booking.grouping import Part
from booking.models import Appointment
from common import clock
from common.templatetags.when import clock_time
from doctors.models import Location
from doctors.selectors import instant

register = template.Library()


@register.simple_tag
def move_path(confirm: str, location: Location, start: datetime) -> str:
    """Where the new time is checked: `confirm` is the page that does, by whichever door."""
    return f"{confirm}?location={location.slug}&start={instant(start)}"


@register.simple_tag
def move_links(confirm: str, part: Part) -> list[dict[str, str]]:
    """The slots of a part of a day as links to their confirmation, each told by its time."""
    return [
        {"href": move_path(confirm, part.location, slot.start), "label": clock_time(slot.start, slot.zone)}
        for slot in part.slots
    ]


@register.filter
def is_movable_by(appointment: Appointment, user: User | AnonymousUser) -> bool:
    """Whether to offer the person another time for it."""
    return policies.can_move_now(user, appointment, now=clock.now())

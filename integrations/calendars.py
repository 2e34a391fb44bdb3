"""Calendar files (RFC 5545, RFC 5546): dataclasses in, bytes out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vText

from common import clock

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]


@dataclass(frozen=True, kw_only=True)
class CalendarEvent:
    """One appointment as a calendar keeps it; `start` and `end` are aware, `zone` is the clock that it is kept by.

    `uid` stays the same for an appointment's whole life and `sequence` grows with every change: by these two a
    calendar knows that a moved or cancelled event is the one that it holds. `organiser` and `attendee` are plain
    email addresses; calendars refuse a REQUEST or CANCEL without an organiser. `is_tentative` is for what is not yet
    agreed.
    """

    uid: str
    sequence: int
    start: datetime
    end: datetime
    zone: ZoneInfo
    summary: str
    location: str = ""
    description: str = ""
    url: str = ""
    organiser: str = ""
    attendee: str = ""
    is_tentative: bool = False


def to_ics(event: CalendarEvent, method: Method) -> bytes:
    """The event as a calendar file, with the zone's own rules in it (VTIMEZONE), stamped with the present time.

    REQUEST puts it into a calendar, CANCEL takes it out, PUBLISH is for a file that somebody downloads.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//MedConsult//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(_timezone(event.zone, event.start.year))
    calendar.add_component(_component(event, method))
    return bytes(calendar.to_ical())


def _component(event: CalendarEvent, method: Method) -> Event:
    component = Event()
    component.add("uid", event.uid)
    component.add("sequence", event.sequence)
    component.add("dtstamp", clock.now())
    component.add("dtstart", event.start.astimezone(event.zone))
    component.add("dtend", event.end.astimezone(event.zone))
    component.add("summary", event.summary)
    component.add("status", _status(event, method))
    component.add("transp", "TRANSPARENT" if method == "CANCEL" else "OPAQUE")
    for name in ("location", "description", "url"):
        if value := getattr(event, name):
            component.add(name, value)
    if event.organiser:
        component.add("organizer", vCalAddress(f"mailto:{event.organiser}"))
    if event.attendee and method != "PUBLISH":
        component.add("attendee", _attendee(event.attendee))
    return component


def _status(event: CalendarEvent, method: Method) -> str:
    if method == "CANCEL":
        return "CANCELLED"
    return "TENTATIVE" if event.is_tentative else "CONFIRMED"


def _attendee(address: str) -> vCalAddress:
    # The appointment stands already: a calendar shall show it, not ask for an answer.
    person = vCalAddress(f"mailto:{address}")
    person.params["partstat"] = vText("ACCEPTED")
    person.params["rsvp"] = vText("FALSE")
    person.params["role"] = vText("REQ-PARTICIPANT")
    return person


@lru_cache(maxsize=64)
def _timezone(zone: ZoneInfo, year: int) -> Timezone:
    """The zone's offsets from the year before to the year after; nobody needs its rules of 1970.

    Made from the zone's own changes: the library's writer puts each spring change an hour late.
    """
    first = datetime(year - 1, 1, 1, tzinfo=UTC)
    component = Timezone()
    component.add("tzid", zone.key)
    component.add_component(_observance(first, zone, came_from=first.astimezone(zone).utcoffset()))
    for instant, came_from in _changes(zone, first, datetime(year + 2, 1, 1, tzinfo=UTC)):
        component.add_component(_observance(instant, zone, came_from=came_from))
    return component


def _observance(
    instant: datetime, zone: ZoneInfo, *, came_from: timedelta | None
) -> TimezoneStandard | TimezoneDaylight:
    local = instant.astimezone(zone)
    observance = TimezoneDaylight() if local.dst() else TimezoneStandard()
    # RFC 5545, 3.6.5: the onset is told by the clock as it stood before the change.
    observance.add("dtstart", (instant + (came_from or timedelta())).replace(tzinfo=None))
    observance.add("tzoffsetfrom", came_from)
    observance.add("tzoffsetto", local.utcoffset())
    observance.add("tzname", local.tzname())
    return observance


def _changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[tuple[datetime, timedelta | None]]:
    """Each instant at which the zone's offset changes, with the offset before it."""
    day = first
    while day < last:
        following = day + timedelta(days=1)
        before = day.astimezone(zone).utcoffset()
        if before != following.astimezone(zone).utcoffset():
            yield _instant_of_change(zone, day, following), before
        day = following


def _instant_of_change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)

"""Calendar files (RFC 5545, RFC 5546): dataclasses in, bytes out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vDuration, vText

from common import clock

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]


@dataclass(frozen=True, kw_only=True)
class CalendarEvent:
    """One appointment as a calendar keeps it; `start` and `end` are aware, `zone` is the clock that it is kept by.

    `uid` stays the same for an appointment's whole life and `sequence` grows with every change: by these two a
    calendar knows that a moved or cancelled event is the one that it holds. `organiser` and `attendee` are plain
    email addresses; calendars refuse a REQUEST or CANCEL without an organiser. `is_tentative` is for what is not yet
    agreed, `is_cancelled` for what takes no place any more.
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
    is_cancelled: bool = False


def to_ics(event: CalendarEvent, method: Method) -> bytes:
    """The event as a calendar file, with the zone's own rules in it (VTIMEZONE), stamped with the present time.

    REQUEST puts it into a calendar, CANCEL takes it out, PUBLISH is for a file that somebody downloads.
    """
    calendar = _calendar(method)
    calendar.add_component(_timezone(event.zone, event.start.year, event.start.year))
    calendar.add_component(_component(event, method, clock.now()))
    return bytes(calendar.to_ical())


def feed_ics(events: Sequence[CalendarEvent], *, name: str, again_in: timedelta) -> bytes:
    """The events as the file that a calendar fetches again and again: all that it is to hold, with their zones' rules.

    `name` is what the calendar is called there, `again_in` how often it is worth asking (RFC 7986, and the older
    X-properties that most programs read).
    """
    calendar = _calendar("PUBLISH")
    for word in ("name", "x-wr-calname"):
        calendar.add(word, name)
    calendar.add("refresh-interval", again_in, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vDuration(again_in))
    years = defaultdict(set)
    for event in events:
        years[event.zone].add(event.start.year)
    for zone, of_zone in years.items():
        calendar.add_component(_timezone(zone, min(of_zone), max(of_zone)))
    now = clock.now()
    for event in events:
        calendar.add_component(_component(event, "PUBLISH", now))
    return bytes(calendar.to_ical())


def _calendar(method: Method) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//MedConsult//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _component(event: CalendarEvent, method: Method, now: datetime) -> Event:
    component = Event()
    component.add("uid", event.uid)
    component.add("sequence", event.sequence)
    component.add("dtstamp", now)
    start, end = _told(event)
    component.add("dtstart", start)
    component.add("dtend", end)
    component.add("summary", event.summary)
    status = _status(event, method)
    component.add("status", status)
    component.add("transp", "TRANSPARENT" if status == "CANCELLED" else "OPAQUE")
    for name in ("location", "description", "url"):
        if value := getattr(event, name):
            component.add(name, value)
    if event.organiser:
        component.add("organizer", vCalAddress(f"mailto:{event.organiser}"))
    if event.attendee and method != "PUBLISH":
        component.add("attendee", _attendee(event.attendee))
    return component


def _told(event: CalendarEvent) -> tuple[datetime, datetime]:
    """Start and end by the zone's clock; in UTC where either lies in the hour that the clock shows for the second time.

    RFC 5545, 3.3.5: a wall-clock time that occurs twice is the first of the two.
    """
    start, end = event.start.astimezone(event.zone), event.end.astimezone(event.zone)
    return (start.astimezone(UTC), end.astimezone(UTC)) if start.fold or end.fold else (start, end)


def _status(event: CalendarEvent, method: Method) -> str:
    if method == "CANCEL" or event.is_cancelled:
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
def _timezone(zone: ZoneInfo, first_year: int, last_year: int) -> Timezone:
    """The zone's offsets from the year before the first to the year after the last; nobody needs its rules of 1970.

    Made from the zone's own changes: the library's writer puts each spring change an hour late.
    """
    first = datetime(first_year - 1, 1, 1, tzinfo=UTC)
    component = Timezone()
    component.add("tzid", zone.key)
    component.add_component(_observance(first, zone, came_from=first.astimezone(zone).utcoffset()))
    for instant, came_from in _changes(zone, first, datetime(last_year + 2, 1, 1, tzinfo=UTC)):
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

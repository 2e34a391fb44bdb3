"""Instants as pages write them. Each filter takes the zone to write in (a name or a ZoneInfo; the clinic's without).

GMT or BST is added to a time only where the clock shows it twice that night; `zone_name` says the zone once a page.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import template

from common import clock

register = template.Library()

NOON = 12
PLAIN_YEAR = timedelta(days=180)


def zone_of(zone: str | ZoneInfo | None) -> ZoneInfo:
    """The zone that a filter was given, the clinic's where it was given none."""
    return ZoneInfo(zone) if isinstance(zone, str) and zone else zone or clock.clinic_zone()


@register.filter
def local_time(instant: datetime, zone: str | ZoneInfo | None = None) -> datetime:
    """The same instant with the wall clock of the zone, for the `date` filter and for comparing days."""
    return instant.astimezone(zone_of(zone))


@register.filter
def long_date(value: date | None, zone: str | ZoneInfo | None = None) -> str:
    """Tuesday 3 March 2027; of an instant the day that it is in the zone, of a date that day."""
    if not value:
        return ""
    day = local_time(value, zone) if isinstance(value, datetime) else value
    return f"{day:%A} {day.day} {day:%B} {day.year}"


@register.filter
def day_and_month(value: date | None, zone: str | ZoneInfo | None = None) -> str:
    """Tuesday 3 March, where the year is plain."""
    if not value:
        return ""
    day = local_time(value, zone) if isinstance(value, datetime) else value
    return f"{day:%A} {day.day} {day:%B}"


@register.filter
def plain_day(value: date, zone: str | ZoneInfo | None = None) -> str:
    """Tuesday 3 March; with its year where that is not plain, half a year away or more."""
    return day_and_month(value, zone) if _is_near(value) else long_date(value, zone)


def _is_near(value: date) -> bool:
    if isinstance(value, datetime):
        return abs(value - clock.now()) < PLAIN_YEAR
    return abs(value - clock.clinic_day(clock.now())) < PLAIN_YEAR


@register.filter
def short_date(value: date | None, zone: str | ZoneInfo | None = None) -> str:
    """Tue 3 Mar, where there is little room; with its year as `plain_day`."""
    if not value:
        return ""
    day = local_time(value, zone) if isinstance(value, datetime) else value
    return f"{day:%a} {day.day} {day:%b}" if _is_near(value) else f"{day:%a} {day.day} {day:%b} {day.year}"


@register.filter
def wall_clock(at: time) -> str:
    """9:00am, of a time that belongs to no day."""
    return f"{at.hour % 12 or 12}:{at:%M}{'am' if at.hour < NOON else 'pm'}"


@register.filter
def clock_time(instant: datetime | None, zone: str | ZoneInfo | None = None) -> str:
    """10:20am, or 1:20am BST in the hour that the clock shows twice."""
    if not instant:
        return ""
    local = local_time(instant, zone)
    shown = wall_clock(local.timetz())
    return f"{shown} {zone_name(instant, zone)}" if clock.is_ambiguous(instant, zone_of(zone)) else shown


@register.filter
def date_time(instant: datetime | None, zone: str | ZoneInfo | None = None) -> str:
    """As `plain_day`, and the time: Tuesday 3 March, 10:20am."""
    return f"{plain_day(instant, zone)}, {clock_time(instant, zone)}" if instant else ""


@register.filter
def moment(instant: datetime | None, zone: str | ZoneInfo | None = None) -> str:
    """10:20am where that is today, otherwise as `date_time`: until when something waits."""
    if not instant:
        return ""
    is_today = local_time(instant, zone).date() == local_time(clock.now(), zone).date()
    return clock_time(instant, zone) if is_today else date_time(instant, zone)


@register.filter
def zoned_time(instant: datetime | None, zone: str | ZoneInfo | None = None) -> str:
    """10:20am GMT"""
    return f"{clock_time(instant, zone)}{_zone_after(instant, zone)}"


@register.filter
def zone_aside(instant: datetime | None, zone: str | ZoneInfo | None = None) -> str:
    """The zone in brackets after a time: " (GMT)". Nothing where the time has said it already."""
    name = _zone_after(instant, zone).strip()
    return f" ({name})" if name else ""


@register.simple_tag
def from_to(start: datetime, end: datetime, zone: str | ZoneInfo | None = None) -> str:
    """10:20am to 10:40am (GMT); each with its zone in the night in which the clocks change."""
    if zone_name(start, zone) == zone_name(end, zone) and _zone_after(start, zone) and _zone_after(end, zone):
        return f"{clock_time(start, zone)} to {clock_time(end, zone)}{zone_aside(start, zone)}"
    return f"{zoned_time(start, zone)} to {zoned_time(end, zone)}"


def _zone_after(instant: datetime | None, zone: str | ZoneInfo | None) -> str:
    if not instant or clock.is_ambiguous(instant, zone_of(zone)):
        return ""
    return f" {zone_name(instant, zone)}"


@register.filter
def zone_name(instant: datetime | None, zone: str | ZoneInfo | None = None) -> str:
    """The zone's short name at that instant: GMT, BST, IST; UTC+13 where it has no letters."""
    if not instant:
        return ""
    name = local_time(instant, zone).tzname() or ""
    return f"UTC{name}" if name.startswith(("+", "-")) else name


@register.filter
def duration(length: timedelta) -> str:
    """3 h 30 min, to the minute."""
    hours, minutes = divmod(int(length / timedelta(minutes=1)), 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes or not hours else ""]
    return " ".join(part for part in parts if part)

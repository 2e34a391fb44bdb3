"""The one clock, and the ways between an instant (aware, UTC) and the wall clock of a zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone

# Far enough for every appointment, and so near that adding to a day or changing its zone never leaves the calendar.
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)


def now() -> datetime:
    """This instant, aware, in UTC. Services read it once and pass it on."""
    return timezone.now()


def of_database() -> datetime:
    """This instant by the database's clock, with one statement: for what its `Now()` is to end, so that one clock says
    both when it begins and when it is over.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        instant: datetime = cursor.fetchone()[0]
    return instant


def clinic_zone() -> ZoneInfo:
    return ZoneInfo(settings.CLINIC_TIME_ZONE)


def clinic_day(instant: datetime) -> date:
    """The date on the clinic's calendar."""
    return instant.astimezone(clinic_zone()).date()


def instants(day: date, at: time, zone: ZoneInfo) -> list[datetime]:
    """The instants (UTC, in order) at which clocks in `zone` show `day` `at`.

    None where the clock jumps over that time, two where it shows it twice (PEP 495), one otherwise.
    """
    found = []
    for fold in (0, 1):
        local = datetime.combine(day, at, tzinfo=zone).replace(fold=fold)
        instant = local.astimezone(UTC)
        exists = instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)
        if exists and instant not in found:
            found.append(instant)
    return sorted(found)


def is_ambiguous(instant: datetime, zone: ZoneInfo) -> bool:
    """Whether the wall clock of `zone` shows this time twice that day, so that a label must say which."""
    local = instant.astimezone(zone)
    return len(instants(local.date(), local.time().replace(tzinfo=None, fold=0), zone)) > 1


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) at which clocks in `zone` show `day` `at`.

    Where they jump over that time, the instant as long after the jump.
    """
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def stretch(
    first_day: date, from_time: time | None, last_day: date, until_time: time | None, zone: ZoneInfo
) -> tuple[datetime, datetime]:
    """`[start, end)` of days in `zone`, both included, or of a part of them where times are given."""
    end = moment(last_day, until_time, zone) if until_time is not None else end_of_day(last_day, zone)
    return moment(first_day, from_time or time.min, zone), end


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    return moment(day, time.min, zone)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The start of the next day, so that a day is `[start, end)` and may have 23 or 25 hours."""
    return start_of_day(day + timedelta(days=1), zone)


def last_day(end: datetime) -> date:
    """The last day, by the clinic's clock, of what lasts until `end`."""
    return clinic_day(end - timedelta(microseconds=1))

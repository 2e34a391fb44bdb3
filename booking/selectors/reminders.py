"""When people are reminded of their visits, and who of which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from booking.models import Appointment, ReminderRound
from booking.selectors.settings import booking_settings
from booking.states import Status
from common import clock
from doctors.models import Location


@dataclass(frozen=True, kw_only=True)
class Round:
    """Everybody with a visit on `day`, by the clock of places in `zone`, is told of it some days before.

    From `opens` until `closes`, `[)` in UTC and on one local day: what was not sent by then is not sent late.
    """

    day: date
    zone: ZoneInfo
    days_before: int
    opens: datetime
    closes: datetime

    @property
    def key(self) -> tuple[date, str, int]:
        return self.day, self.zone.key, self.days_before

    @property
    def visits(self) -> Q:
        """What was booked by the time that the round opened: whoever books later has the day in the confirmation."""
        starts = Q(
            start__gte=clock.start_of_day(self.day, self.zone),
            start__lt=clock.end_of_day(self.day, self.zone),
        )
        return starts & Q(status=Status.BOOKED, created_at__lte=self.opens, location__zone=self.zone.key)


def rounds_due(now: datetime) -> list[Round]:
    """The rounds that are open and have not come to their end."""
    settings = booking_settings()
    zones = Location.objects.order_by("zone").values_list("zone", flat=True).distinct()
    rounds = [
        _round(ZoneInfo(zone), days, settings.reminder_hour, now) for zone in zones for days in settings.reminder_days
    ]
    due = [one for one in rounds if one.opens <= now]
    ended = ReminderRound.objects.filter(day__in={one.day for one in due}).values_list("day", "zone", "days_before")
    done = set(ended)
    return [one for one in due if one.key not in done]


def _round(zone: ZoneInfo, days_before: int, hour: int, now: datetime) -> Round:
    today = now.astimezone(zone).date()
    return Round(
        day=today + timedelta(days=days_before),
        zone=zone,
        days_before=days_before,
        opens=clock.moment(today, time(hour), zone),
        closes=clock.end_of_day(today, zone),
    )


def reminded_of(due: Round) -> Mapping[int, list[int]]:
    """The keys of the visits by the accounts that may be told: the patient's own, and of whoever booked it."""
    visits: defaultdict[int, list[int]] = defaultdict(list)
    for key, owner, booked_by in Appointment.objects.filter(due.visits).values_list("pk", "patient__user", "booked_by"):
        for account in {owner, booked_by} - {None}:
            visits[account].append(key)
    return visits

"""By pages of a key, the latest first: a patient's past, their visits to one doctor, and a doctor's past days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from booking.models import Appointment, standing_at
from booking.selectors.appointments import appointments_visible_to
from booking.selectors.days import before_day, from_day
from booking.states import Status
from common.keyset import KeyPage, key_page, latest_first
from common.templatetags.when import local_time

# So many visits are read for a page of days: what a doctor has on the busiest of them, and none of years.
VISITS_A_DAY = 60
_CAME_TO_A_DAY = (Status.BOOKED, Status.ARRIVED, Status.FULFILLED, Status.NOSHOW)


def lies_ahead(now: datetime) -> Q:
    """Appointments that still stand and are not over: a patient's list shows them apart from all others."""
    return Q(end__gt=now) & standing_at(now)


def appointments_behind(
    user: User, *, now: datetime, size: int, before: UUID | None = None, after: UUID | None = None
) -> KeyPage[Appointment]:
    """What a person, as a patient or a helper, has behind them or cancelled: one page, the latest first.

    It begins behind `before` (earlier than that appointment) or ends at `after`; ids of what the person cannot see
    name no page, which is the first one then.
    """
    return _page(user, ~lies_ahead(now) & ~Q(doctor__user=user), size, before, after)


def appointments_with(
    user: User, patient_id: int, *, size: int, before: UUID | None = None, after: UUID | None = None
) -> KeyPage[Appointment]:
    """What a patient has had, has and will have with the doctor who `user` is, and with no other; pages as above."""
    return _page(user, Q(doctor__user=user, patient=patient_id), size, before, after)


def _page(user: User, wanted: Q, size: int, before: UUID | None, after: UUID | None) -> KeyPage[Appointment]:
    rows_found = partial(appointments_visible_to, user, at_work=False)
    return latest_first(rows_found, wanted, "start", size=size, before=before, after=after)


@dataclass(frozen=True, kw_only=True)
class DayBehind:
    """How a day of a doctor's went; `unsaid` are visits of which nobody has said what became."""

    day: date
    visits: int
    seen: int
    missed: int
    unsaid: int


def days_behind(
    user: User, *, today: date, size: int, before: date | None = None, after: date | None = None
) -> KeyPage[DayBehind]:
    """The days before `today` on which a doctor had visits, the latest first, as their places count days.

    In one statement, whose rows are as many as the days could hold and not as many as the doctor ever had.
    """
    is_backwards = after is not None
    limit = (size + 1) * VISITS_A_DAY
    rows = appointments_visible_to(
        user,
        filters=Q(doctor__user=user, status__in=_CAME_TO_A_DAY) & _which_days(today, before, after),
        order_by=("start", "pk") if is_backwards else ("-start", "-pk"),
        limit=limit,
    )
    visits = list(rows.values_list("start", "location__zone", "status"))
    days = _days_of(visits)
    if len(visits) == limit and len(days) > 1:
        # The rest of its visits was not read.
        days.pop()
    return key_page(days, size, has_edge=before is not None, is_backwards=is_backwards)


def _which_days(today: date, before: date | None, after: date | None) -> Q:
    if after is not None:
        return from_day(after + timedelta(days=1)) & before_day(today)
    return before_day(min(before, today) if before else today)


def _days_of(visits: Iterable[tuple[datetime, str, str]]) -> list[DayBehind]:
    """In the order in which they come first."""
    counts: dict[date, Counter[str]] = {}
    for start, zone, status in visits:
        counts.setdefault(local_time(start, zone).date(), Counter())[status] += 1
    return [
        DayBehind(
            day=day,
            visits=count.total(),
            seen=count[Status.FULFILLED],
            missed=count[Status.NOSHOW],
            unsaid=count[Status.BOOKED] + count[Status.ARRIVED],
        )
        for day, count in counts.items()
    ]

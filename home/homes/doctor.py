"""What a doctor's home shows: today in short, what waits for them, their next seven days and their last four weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.models import User
from booking.models import Appointment
from booking.selectors import (
    Counted,
    WeekDay,
    counts_of_doctor,
    day_of_doctor,
    next_to_see,
    requests_of_doctor,
    week_of_doctor,
)
from booking.states import Status
from common import clock
from common.charts import Chart, Series, stacked
from doctors.models import Doctor, PageProposal
from doctors.selectors.proposals import open_proposal_of
from doctors.states import ProposalStatus
from home.homes.guides import Guide, doctor_guide
from records.selectors import Waiting, to_do_of

REQUESTS_COUNTED = 20
MONTH_DAYS = 28
HOUR = timedelta(hours=1)
# Wide enough for the name of a weekday, and seven of them for a phone.
WEEK_STEP = 44


@dataclass(frozen=True, kw_only=True)
class Today:
    """The visits of today as the doctor's places count days; `seen` are done, `missed` did not come, and of those that
    are `over` nobody has said yet whether they took place.
    """

    visits: list[Appointment]
    next_visit: Appointment | None
    over: int

    @property
    def seen(self) -> int:
        return sum(row.status == Status.FULFILLED for row in self.visits)

    @property
    def missed(self) -> int:
        return sum(row.status == Status.NOSHOW for row in self.visits)

    @property
    def to_come(self) -> int:
        return len(self.visits) - self.seen - self.missed - self.over


@dataclass(frozen=True, kw_only=True)
class Month:
    """The last four weeks, this day included, by week; of what is to come nothing is counted."""

    weeks: list[Counted]

    @property
    def seen(self) -> int:
        return sum(week.booked for week in self.weeks)

    @property
    def missed(self) -> int:
        return sum(week.missed for week in self.weeks)

    @property
    def cancelled(self) -> int:
        return sum(week.cancelled for week in self.weeks)


@dataclass(frozen=True, kw_only=True)
class DoctorHome:
    """`requests` wait for an answer, the most urgent first; `writing` are the notes to write and sign.

    `sent_back` is what the doctor proposed for their page, where a moderator asked for changes and waits for them.
    """

    doctor: Doctor
    today: Today
    requests: list[Appointment]
    writing: Waiting
    sent_back: PageProposal | None
    week: list[WeekDay]
    week_chart: Chart
    month: Month
    month_chart: Chart
    guide: Guide | None

    @property
    def has_anything_ahead(self) -> bool:
        return bool(self.today.visits) or any(day.booked_for for day in self.week)

    @property
    def is_idle(self) -> bool:
        return not (self.requests or self.writing.count or self.sent_back)


def doctor_home(user: User, doctor: Doctor, *, now: datetime) -> DoctorHome:
    """The home of the doctor whose account it is.

    A fixed number of statements however much there is (home/tests/homes/test_doctor.py).
    """
    day = clock.clinic_day(now)
    visits = list(day_of_doctor(user, day))
    over = sum(row.status == Status.BOOKED and row.end <= now for row in visits)
    week = week_of_doctor(user, doctor, day, now=now)
    month = _month(doctor, day, now)
    proposal = open_proposal_of(doctor)
    return DoctorHome(
        doctor=doctor,
        today=Today(visits=visits, next_visit=next_to_see(visits, now=now), over=over),
        requests=list(requests_of_doctor(user, now=now, limit=REQUESTS_COUNTED)),
        writing=to_do_of(user, now=now),
        sent_back=proposal if proposal and proposal.status == ProposalStatus.ASKED else None,
        week=week,
        week_chart=week_chart(week),
        month=month,
        month_chart=_month_chart(month.weeks),
        guide=doctor_guide(user, doctor),
    )


def week_chart(week: Sequence[WeekDay]) -> Chart:
    """Hours of each day that are booked, and that are still free."""
    series = (Series("Booked hours"), Series("Free hours"))
    hours = {day.day: (_hours(day.booked_for), _hours(day.free)) for day in week}
    return stacked(hours, series, heading="Day", step=WEEK_STEP, named=_weekday, named_every=1)


def _weekday(day: date) -> str:
    return f"{day:%a}"


def _hours(length: timedelta) -> float:
    return round(length / HOUR, 1)


def _month(doctor: Doctor, day: date, now: datetime) -> Month:
    first = day - timedelta(days=MONTH_DAYS - 1)
    return Month(weeks=counts_of_doctor(doctor, first, day, now=now))


def _month_chart(weeks: Sequence[Counted]) -> Chart:
    series = (Series("Took place"), Series("Did not attend"), Series("Cancelled"))
    columns = {one.first: (one.booked, one.missed, one.cancelled) for one in weeks}
    return stacked(columns, series, heading="Week of", step=WEEK_STEP * 4 // 3, named_every=1)

"""The appointment's machine as a specification that can be run: domain.md's table, and a world to hold against it.

`verdict` says what each verb has to do to an appointment, `World` does it with the services and the database, and
looks after each step at everything that must hold whatever happened before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import combinations, pairwise
from typing import Any

from django.db import connection

from accounts.models import Patient, User
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from audit.models import Event
from booking.models import Appointment
from booking.selectors import Moving, slots_for
from booking.services import listing_refresh
from booking.slots import Slot
from booking.tests.factories import bookable_doctor
from booking.tests.services.test_listing import Times, generated, listed
from booking.tests.steps import at_the_desk_of, decide, user_of
from common import clock
from doctors.models import Doctor, VisitType
from doctors.tests.factories import VisitTypeFactory
from notifications.models import Message

# Monday 7 June 2027, 7:00am in London: an hour before the doctors begin.
BEGIN = datetime(2027, 6, 7, 6, tzinfo=UTC)
OPEN_HOLDS = 2
# Yesterday, and all days that can be booked.
DAYS = 6
HOUR, MISSED_AFTER = timedelta(hours=1), timedelta(minutes=10)

# domain.md, "Appointment": every arrow that there is.
ARROWS = {
    "pending": {"pending", "booked", "cancelled", "entered-in-error"},
    "booked": {"booked", "arrived", "fulfilled", "cancelled", "noshow", "entered-in-error"},
    "arrived": {"booked", "fulfilled", "entered-in-error"},
    "fulfilled": {"entered-in-error"},
    "noshow": {"fulfilled", "cancelled", "entered-in-error"},
    "cancelled": {"booked", "entered-in-error"},
    "entered-in-error": set(),
}
LIVE = {"pending", "booked", "arrived", "fulfilled"}
PATIENTS_SIDE, PRACTICE = ("patient", "carer"), ("doctor", "desk")

CHANGES, SAME, REFUSED, DEPENDS = "changes", "stays the same", "is refused", "depends on others"


class Seen:
    """An appointment as its row was, and whether its wait was over by then."""

    def __init__(self, row: Appointment, now: datetime) -> None:
        self.key, self.public_id, self.status = row.pk, row.public_id, str(row.status)
        self.waits_for, self.why = row.pending_reason, row.cancel_reason
        self.start, self.end, self.blocked = row.start, row.end, row.blocked
        self.expires_at, self.extended = row.expires_at, row.hold_extended_at is not None
        self.patient, self.doctor, self.place = row.patient_id, row.doctor_id, row.location_id
        self.due, self.sequence = row.amount_due_minor, row.calendar_sequence
        self.free_until = datetime.fromisoformat(row.policy["free_until"])
        self.is_over = row.expires_at is not None and self.status == "pending" and row.expires_at <= now

    @property
    def stands(self) -> bool:
        return self.status in LIVE and not self.is_over

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "is_over"}

    def waits(self, reason: str) -> bool:
        return self.status == "pending" and self.waits_for == reason


def verdict(verb: str, party: str, seen: Seen, now: datetime, *, is_theirs: bool) -> str:
    """What the verb has to do: `is_theirs` where the party may see the appointment at all."""
    if verb == "error":
        if party != "desk":
            return REFUSED
        return SAME if seen.status == "entered-in-error" else CHANGES
    if not is_theirs or seen.status == "entered-in-error":
        return REFUSED
    return _VERDICTS[verb](seen, party, now)


def _extend(seen: Seen, party: str, now: datetime) -> str:
    if party not in PATIENTS_SIDE or not seen.waits("payment") or seen.is_over:
        return REFUSED
    if seen.extended:
        return SAME
    return CHANGES if seen.expires_at and seen.expires_at < seen.start else REFUSED


def _approve(seen: Seen, party: str, now: datetime) -> str:
    if party != "doctor":
        return REFUSED
    if seen.status == "booked" or seen.waits("payment"):
        return SAME
    return CHANGES if seen.waits("approval") and not seen.is_over else REFUSED


def _reject(seen: Seen, party: str, now: datetime) -> str:
    if party != "doctor":
        return REFUSED
    if seen.why == "rejected":
        return SAME
    return CHANGES if seen.waits("approval") else REFUSED


def _cancel(seen: Seen, party: str, now: datetime) -> str:
    if seen.status == "cancelled":
        return SAME
    in_time = seen.status == "pending" or seen.start > now or party in PRACTICE
    return CHANGES if seen.status in ("pending", "booked") and in_time else REFUSED


def _move(seen: Seen, party: str, now: datetime) -> str:
    if seen.status != "booked" or seen.start <= now:
        return REFUSED
    return DEPENDS if party in PRACTICE or now <= seen.free_until else REFUSED


def _attended(target: str, sources: set[str], opens: timedelta, who: tuple[str, ...]) -> Callable[..., str]:
    def says(seen: Seen, party: str, now: datetime) -> str:
        if party not in who:
            return REFUSED
        if seen.status == target:
            return SAME
        return CHANGES if seen.status in sources and now >= seen.start + opens else REFUSED

    return says


def _corrected(target: str) -> Callable[..., str]:
    def says(seen: Seen, party: str, now: datetime) -> str:
        if party not in PRACTICE:
            return REFUSED
        if seen.status == target:
            return SAME
        if seen.status != "noshow" or now > seen.end + timedelta(days=7):
            return REFUSED
        return DEPENDS if target == "fulfilled" else CHANGES

    return says


def _pay(seen: Seen, party: str, now: datetime) -> str:
    if seen.status == "booked":
        return SAME
    if seen.waits("payment"):
        return CHANGES if not seen.is_over or seen.start > now else REFUSED
    is_late = seen.status == "cancelled" and seen.why == "hold-expired"
    return DEPENDS if is_late and seen.start > now else REFUSED


_VERDICTS: dict[str, Callable[..., str]] = {
    "extend": _extend,
    "approve": _approve,
    "reject": _reject,
    "cancel": _cancel,
    "move": _move,
    "arrive": _attended("arrived", {"booked"}, -HOUR, PRACTICE),
    "unarrive": _attended("booked", {"arrived"}, -HOUR, PRACTICE),
    "fulfil": _attended("fulfilled", {"booked", "arrived"}, -HOUR, ("doctor",)),
    "miss": _attended("noshow", {"booked"}, MISSED_AFTER, PRACTICE),
    "seen after all": _corrected("fulfilled"),
    "excused": _corrected("cancelled"),
    "pay": _pay,
}


class Look:
    """All that can be seen of the appointments: a refusal has to leave it as it was."""

    def __init__(self, listings: dict[int, Times]) -> None:
        self.rows = {row.pk: Seen(row, clock.now()) for row in Appointment.objects.order_by("pk")}
        self.facts = {key: row.facts() for key, row in self.rows.items()}
        # The states in each appointment's history, and how many events tell of it.
        self.states: dict[int, list[str]] = {key: [] for key in self.rows}
        for key, status in Appointment.history.order_by("history_id").values_list("id", "status"):
            self.states[key].append(status)
        self.events = Counter(
            Event.objects.filter(action__startswith="appointment.").values_list("object_id", flat=True)
        )
        self.messages = Message.objects.count()
        self.listed = listings

    def __eq__(self, other: object) -> bool:
        names = ("facts", "states", "events", "messages", "listed")
        return all(getattr(self, name) == getattr(other, name) for name in names)

    __hash__ = None  # type: ignore[assignment]

    def assert_told(self, before: Look) -> None:
        """What has changed since has one row more in the history and is in the audit; nothing else is in either."""
        assert set(before.rows) <= set(self.rows), "an appointment is gone"
        for key, row in self.rows.items():
            is_changed = before.facts.get(key) != self.facts[key]
            assert len(self.states[key]) - len(before.states.get(key, [])) == is_changed, row.facts()
            assert (self.events[str(row.public_id)] > before.events[str(row.public_id)]) == is_changed, row.facts()
            assert self.states[key][-1] == row.status


class World:
    """Two doctors at one place and three patients, with little time among them; and a clock that both sides read."""

    def __init__(self) -> None:
        decide(pay_at_clinic=False, open_holds=OPEN_HOLDS, hold_minutes=15, approval_hours=12, visits_ahead=50)
        self.doctors = [self._doctor(needs_approval=False), self._doctor(needs_approval=True)]
        self.patients: list[Patient] = PatientFactory.create_batch(3)
        self.carer: User = CarerFactory.create(patient=self.patients[0]).user
        place = self.doctors[0].locations.get()
        self.doctors[1].locations.set([place])
        self.doctors[1].availability_rules.update(location=place)
        self.desk, self.stranger = at_the_desk_of(place), UserFactory.create()
        for doctor in self.doctors:
            listing_refresh(doctor_id=doctor.pk, now=clock.now())

    @staticmethod
    def _doctor(*, needs_approval: bool) -> Doctor:
        """Three hours a day; half an hour is free, an hour with room around it is paid when it is booked."""
        few: dict[str, Any] = {"horizon_days": 3, "needs_approval": needs_approval}
        doctor = bookable_doctor(start=time(8), end=time(11), daily_cap=4, **few)
        VisitTypeFactory.create(
            doctor=doctor, minutes=60, buffer_before=5, buffer_after=10, price_minor=4500, position=1, **few
        )
        return doctor

    def party(self, party: str, seen: Seen) -> tuple[User, bool]:
        """Who that is for an appointment, and whether they may see it."""
        if party == "patient":
            return user_of(next(one for one in self.patients if one.pk == seen.patient)), True
        if party == "doctor":
            return user_of(next(one for one in self.doctors if one.pk == seen.doctor)), True
        if party == "carer":
            return self.carer, seen.patient == self.patients[0].pk
        return (self.desk, True) if party == "desk" else (self.stranger, party == "system")

    def look(self) -> Look:
        return Look({doctor.pk: listed(doctor) for doctor in self.doctors})

    def holds(self, now: Look) -> None:
        """What must be true at every time."""
        rows = list(now.rows.values())
        for one, other in combinations([row for row in rows if row.status in LIVE], 2):
            is_apart = one.blocked.upper <= other.blocked.lower or other.blocked.upper <= one.blocked.lower
            assert one.doctor != other.doctor or is_apart, "one doctor, two visits at once"
            assert one.patient != other.patient or one.end <= other.start or other.end <= one.start, "in two places"
        for states in now.states.values():
            assert states[0] in ("pending", "booked")
            assert all(after in ARROWS[state] for state, after in pairwise(states)), states
        holds = Counter(row.patient for row in rows if row.status == "pending" and not row.is_over)
        assert max(holds.values(), default=0) <= OPEN_HOLDS
        for doctor in self.doctors:
            self._listing_holds(doctor, now)
        assert _facets_counted() == _facets_listed()

    def _listing_holds(self, doctor: Doctor, now: Look) -> None:
        """What is shown is all that there is; less only where somebody's time is over and waits for the sweeper."""
        shown = now.listed[doctor.pk]
        if not any(row.is_over and row.doctor == doctor.pk for row in now.rows.values()):
            assert shown == generated(doctor, clock.now(), days=DAYS)
            return
        free = {slot.start for visit_type in doctor.visit_types.all() for slot in self.free(visit_type)}
        assert {time.start for times in shown.values() for time in times} <= free

    @staticmethod
    def free(visit_type: VisitType, moving: Moving | None = None) -> list[Slot]:
        """The times that the generator offers now."""
        now = clock.now()
        first_day = now.date() - timedelta(days=1)
        doctor = visit_type.doctor
        return slots_for(doctor=doctor, visit_type=visit_type, first_day=first_day, days=DAYS, now=now, moving=moving)


def _facets_listed() -> dict[str, int]:
    return _counts("""
        SELECT key, count(*) FROM doctors_listing,
            doctors_facet_keys(location_id, modality, specialty_ids, languages, gender) AS key GROUP BY key
    """)


def _facets_counted() -> dict[str, int]:
    return _counts("SELECT key, sum(doctors)::int FROM doctors_facetcount GROUP BY key HAVING sum(doctors) <> 0")


def _counts(sql: str) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return dict(cursor.fetchall())


class Clock:
    """One time for Python and for the database, whose own clock stands behind a function of the same name."""

    begin = BEGIN

    def __init__(self) -> None:
        self.now = self.begin
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA set_clock")
            cursor.execute("""
                CREATE FUNCTION set_clock.statement_timestamp() RETURNS timestamptz LANGUAGE sql STABLE
                AS $$ SELECT current_setting('set_clock.now')::timestamptz $$
            """)
            cursor.execute("SET LOCAL search_path = set_clock, public, pg_catalog")
        self.set_to(self.begin)

    def set_to(self, instant: datetime) -> None:
        self.now = instant
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('set_clock.now', %s, true)", [instant.isoformat()])

    def goes_on(self, by: timedelta) -> None:
        self.set_to(self.now + by)

    def comes_to(self, instant: datetime) -> None:
        """Never back."""
        self.set_to(max(self.now, instant))

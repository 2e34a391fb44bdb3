"""Random lives of appointments, with the real services and database, held against domain.md after every step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import product
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from booking import services
from booking.models import Appointment
from booking.selectors import Moving
from booking.states import ErrorReason, NoShowCorrection
from booking.tests.machine import (
    CHANGES,
    DEPENDS,
    HOUR,
    MISSED_AFTER,
    OPEN_HOLDS,
    REFUSED,
    SAME,
    Clock,
    Seen,
    World,
    verdict,
)
from booking.tests.steps import user_of
from common import clock
from common.errors import DomainError
from devtools.testing.lives import assert_lives_hold

pytestmark = pytest.mark.django_db

# As many lives as take about fifteen seconds.
LIVES = 10

VERBS: dict[str, Callable[..., Any]] = {
    "extend": services.hold_extend,
    "approve": services.appointment_approve,
    "reject": services.appointment_reject,
    "cancel": services.appointment_cancel,
    "arrive": services.appointment_arrive,
    "unarrive": services.appointment_unarrive,
    "fulfil": services.appointment_fulfil,
    "miss": services.appointment_noshow,
    "seen after all": partial(services.noshow_correct, reason=NoShowCorrection.SEEN_LATE),
    "excused": partial(services.noshow_correct, reason=NoShowCorrection.EXCUSED),
    "move": services.appointment_move,
    "pay": services.appointment_confirm_payment,
    "error": partial(services.appointment_enter_in_error, reason=ErrorReason.TWICE),
}
PARTIES = ("patient", "doctor", "desk", "carer", "stranger")
DEEDS = [*product(sorted(set(VERBS) - {"pay"}), PARTIES), ("pay", "system")]
# What opens how long after a visit's start.
OPEN_AFTER = (-HOUR, timedelta(0), MISSED_AFTER)
FEW = 4


class Lives(RuleBasedStateMachine):
    """One clinic; each life happens in a transaction that is rolled back at its end."""

    world: World
    time: Clock

    def __init__(self) -> None:
        super().__init__()
        self.life = transaction.atomic()
        self.life.__enter__()
        self.time.set_to(self.time.begin)
        self.look = self.world.look()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.life.__exit__(None, None, None)

    def does(self, expected: str, do: Callable[[], Any]) -> None:
        """Do it, and see that it changes, stays or is refused as it has to; whatever is refused leaves no trace."""
        before, code = self.look, ""
        try:
            do()
        except DomainError as error:
            code = error.code
        self.look = self.world.look()
        is_same = self.look == before
        came_of_it = REFUSED if code else SAME if is_same else CHANGES
        assert expected in (came_of_it, DEPENDS), f"expected that it {expected}, but it {came_of_it} ({code})"
        assert is_same or not code, f"refused ({code}), but it left a trace"
        self.look.assert_told(before)
        self.world.holds(self.look)

    @rule(seed=st.integers(0, 2**32 - 1))
    def something_happens(self, seed: int) -> None:
        """Left to itself the search takes some kinds of step in most lives and others in none; chance is fairer."""
        chance = Random(seed)
        weights = {self.book: 4, self.do_what_is_possible: 8, self.try_anything: 3, self.book_what_is_taken: 1}
        weights |= {self.time_passes: 1, self.time_comes: 2, self.sweep: 1}
        if len(self.look.rows) < FEW:
            return self.book(chance)
        [step] = chance.choices(list(weights), list(weights.values()))
        return step(chance)

    def book(self, chance: Random) -> None:
        visit_type = chance.choice(chance.choice(self.world.doctors).visit_types.all())
        free, whose = self.world.free(visit_type), chance.choice(self.world.patients)
        if not free:
            return
        slot, is_carer = chance.choice(free[:8]), chance.random() < 1 / 4
        may_book = not is_carer or whose == self.world.patients[0]
        standing = [row for row in self.look.rows.values() if row.patient == whose.pk and row.stands]
        is_busy = any(row.start < slot.end and slot.start < row.end for row in standing)
        waits = visit_type.needs_approval or visit_type.price_minor
        has_holds = waits and sum(row.status == "pending" for row in standing) >= OPEN_HOLDS
        self.does(
            REFUSED if is_busy or has_holds or not may_book else CHANGES,
            partial(
                services.appointment_book,
                actor=self.world.carer if is_carer else user_of(whose),
                patient_id=whose.public_id,
                visit_type_id=visit_type.public_id,
                location_id=slot.location_id,
                start=slot.start,
            ),
        )

    def book_what_is_taken(self, chance: Random) -> None:
        seen, whose = chance.choice(list(self.look.rows.values())), chance.choice(self.world.patients)
        row = Appointment.objects.select_related("visit_type").get(pk=seen.key)
        self.does(
            REFUSED if seen.stands else DEPENDS,
            partial(
                services.appointment_book,
                actor=user_of(whose),
                patient_id=whose.public_id,
                visit_type_id=row.visit_type.public_id,
                location_id=seen.place,
                start=seen.start,
            ),
        )

    def verdict(self, seen: Seen, verb: str, party: str) -> str:
        return verdict(verb, party, seen, clock.now(), is_theirs=self.world.party(party, seen)[1])

    def act(self, seen: Seen, verb: str, party: str, chance: Random) -> None:
        expected, (actor, _) = self.verdict(seen, verb, party), self.world.party(party, seen)
        say = partial(VERBS[verb], actor=actor, appointment_id=seen.public_id)
        if verb == "pay":
            say = partial(services.appointment_confirm_payment, appointment_id=seen.public_id)
        if verb == "move":
            row = Appointment.objects.select_related("visit_type__doctor").get(pk=seen.key)
            free = self.world.free(row.visit_type, Moving(row))
            if not free:
                return
            say = partial(say, start=chance.choice(free[:12]).start)
        self.does(expected, say)
        if expected == CHANGES and chance.random() < 1 / 4:
            self.does(SAME, say)

    def try_anything(self, chance: Random) -> None:
        self.act(chance.choice(list(self.look.rows.values())), *chance.choice(DEEDS), chance)

    def do_what_is_possible(self, chance: Random) -> None:
        """A verb first, and then to whom: so that rare ones get their turn."""
        possible: dict[str, list[tuple[Seen, str]]] = {}
        for seen, (verb, party) in product(self.look.rows.values(), DEEDS):
            if self.verdict(seen, verb, party) in (CHANGES, DEPENDS):
                possible.setdefault(verb, []).append((seen, party))
        if possible:
            verb = chance.choice(sorted(possible))
            seen, party = chance.choice(possible[verb])
            self.act(seen, verb, party, chance)

    def sweep(self, chance: Random) -> None:
        over = [row.key for row in self.look.rows.values() if row.is_over]
        self.does(CHANGES if over else SAME, lambda: services.pending_expire(now=clock.now()))
        assert {self.look.rows[key].why for key in over} <= {"hold-expired", "lapsed"}

    def time_passes(self, chance: Random) -> None:
        self.time.goes_on(timedelta(minutes=chance.choice([1, 9, 16, 60, 13 * 60])))
        self.follow()

    def time_comes(self, chance: Random) -> None:
        """To the moment at which a wait ends, or at which a visit's next step opens; or a millisecond beside it."""
        opens = [row.expires_at or row.start + chance.choice(OPEN_AFTER) for row in self.look.rows.values()]
        ahead = sorted(moment for moment in opens if moment > clock.now())
        if ahead:
            self.time.comes_to(chance.choice(ahead[:3]) + timedelta(milliseconds=chance.choice([-1, 0, 1])))
            self.follow()

    def follow(self) -> None:
        """Search's worker looks once a minute at what has passed, and once an hour at the rest."""
        services.listing_refill(now=clock.now())
        for doctor in self.world.doctors:
            services.listing_refresh(doctor_id=doctor.pk, now=clock.now())
        self.look = self.world.look()
        self.world.holds(self.look)


def test_whatever_happens_an_appointment_goes_by_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    Lives.time = Clock()
    monkeypatch.setattr(clock, "now", lambda: Lives.time.now)
    Lives.world = World()
    assert_lives_hold(Lives, usual=LIVES)

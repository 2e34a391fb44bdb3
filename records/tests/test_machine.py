"""Random lives of visit notes, with the real services and database, held against domain.md after every step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from booking.tests.machine import Clock
from booking.tests.steps import user_of
from common import clock
from common.errors import DomainError
from devtools.testing.lives import assert_lives_hold
from records import services
from records.note_content import NoteContent, content_of
from records.tests.machine import CHANGES, PARTIES, REFUSED, SAME, Deed, Look, Seen, World, verdict

pytestmark = pytest.mark.django_db

# As many lives as take a few seconds.
LIVES = 5
FEW = 3
VERBS = ("save", "sign", "discard", "ask", "withdraw", "agree", "decline")
# So often each is tried where several are possible: what ends a note soon leaves little to look at.
OFTEN = {"save": 4, "sign": 6, "ask": 2, "agree": 2, "decline": 2, "withdraw": 1, "discard": 1}
TEXTS = tuple(content_of({"plan": plan, "summary": told}) for plan in ("Rest", "Walk", "") for told in ("Drink", ""))


class NoteLives(RuleBasedStateMachine):
    """One practice; each life happens in a transaction that is rolled back at its end."""

    world: World
    time: Clock

    def __init__(self) -> None:
        super().__init__()
        self.life = transaction.atomic()
        self.life.__enter__()
        self.time.set_to(self.time.begin)
        self.look, self.turn = Look(), 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.life.__exit__(None, None, None)

    def does(self, expected: str, do: Callable[[], Any], *, is_quiet: bool = False) -> None:
        """Do it, and see that it changes, stays or is refused as it has to; whatever is refused leaves no trace."""
        before, code = self.look, ""
        try:
            with transaction.atomic():
                do()
        except DomainError as error:
            code = error.code
        self.look = Look()
        is_same = self.look == before
        came_of_it = REFUSED if code else SAME if is_same else CHANGES
        assert expected == came_of_it, f"expected that it {expected}, but it {came_of_it} ({code})"
        assert is_same or not code, f"refused ({code}), but it left a trace"
        self.look.assert_kept(before, clock.now())
        self.look.assert_told(before, is_quiet=is_quiet)
        self.hold()

    def hold(self) -> None:
        self.turn += 1
        self.world.holds(self.look, self.turn)

    @rule(seed=st.integers(0, 2**32 - 1))
    def something_happens(self, seed: int) -> None:
        """Left to itself the search takes some kinds of step in most lives and others in none; chance is fairer."""
        chance = Random(seed)
        if not self.look.rows:
            return self.begin(chance)
        weights = {self.do_what_is_possible: 10, self.try_anything: 4, self.begin: 2}
        weights |= {self.time_passes: 1, self.time_comes: 2}
        [step] = chance.choices(list(weights), list(weights.values()))
        return step(chance)

    def begin(self, chance: Random) -> None:
        chosen = chance.choice(list(self.world.visits.values()))
        standing = [
            row for row in self.look.rows.values() if row.visit == chosen.pk and row.status != "entered-in-error"
        ]
        owns = chance.random() < 3 / 4
        people = list(self.world.people.values())
        actor = user_of(chosen.doctor) if owns else chance.choice(people)
        expected = SAME if standing else CHANGES
        self.does(
            expected if actor == user_of(chosen.doctor) else REFUSED,
            lambda: services.note_begin(actor=actor, appointment_id=chosen.public_id),
        )

    def deed(self, verb: str, party: str, seen: Seen, chance: Random, *, is_fair: bool) -> Deed:
        """With what it takes, or with whatever comes: an old version, no reason, a day that is over."""
        now = clock.now()
        day = chance.choice([None, None, 2, 5] if is_fair else [None, 3, 0, -1, 400])
        told: dict[str, Any] = {"version": seen.draft_version - (0 if is_fair else chance.choice([0, 0, 1, 2, -1]))}
        told |= {"content": self.text(seen, chance, is_fair=is_fair)} if verb == "save" else {}
        told |= {"reason": "" if not is_fair and chance.random() < 1 / 3 else "It was the other ear"}
        midnight = clock.start_of_day(clock.clinic_day(now + timedelta(days=day)), clock.clinic_zone()) if day else None
        if day == 0:
            midnight = clock.start_of_day(clock.clinic_day(now), clock.clinic_zone())
        return Deed(verb, party, release=midnight, names_colleague=is_fair or chance.random() < 1 / 2, **told)

    @staticmethod
    def text(seen: Seen, chance: Random, *, is_fair: bool) -> NoteContent:
        return chance.choice([one for one in TEXTS if not is_fair or (one != seen.stored and not one.is_empty)])

    def act(self, deed: Deed, seen: Seen) -> None:
        start = self.world.appointment(seen).start
        expected = verdict(deed, seen, clock.now(), start)
        self.does(expected, lambda: self.say(deed, seen), is_quiet=deed.verb == "save")

    def say(self, deed: Deed, seen: Seen) -> Any:
        facts = self.world.facts(deed, seen)
        if deed.verb == "save":
            return services.note_save(**facts, version=deed.version, content=deed.content)
        if deed.verb == "sign":
            day = clock.clinic_day(deed.release) if deed.release else None
            return services.note_sign(**facts, version=deed.version, reason=deed.reason, release_on=day)
        if deed.verb == "discard":
            return services.note_discard(**facts, version=deed.version)
        if deed.verb == "ask":
            whom = self.world.people["asked" if deed.names_colleague else "patient"].email
            return services.note_error_ask(**facts, reason="Another patient’s visit", colleague_email=whom)
        if deed.verb == "withdraw":
            return services.note_error_withdraw(**facts)
        return services.note_error_answer(**facts, agrees=deed.verb == "agree")

    def try_anything(self, chance: Random) -> None:
        seen = chance.choice(list(self.look.rows.values()))
        party = chance.choice(PARTIES) if chance.random() < 1 / 2 else "author"
        self.act(self.deed(chance.choice(VERBS), party, seen, chance, is_fair=chance.random() < 1 / 2), seen)

    def do_what_is_possible(self, chance: Random) -> None:
        """A verb first, and then to whom: so that rare ones get their turn."""
        possible: dict[str, list[tuple[Deed, Seen]]] = {}
        for seen, verb in product(self.look.rows.values(), VERBS):
            party = "asked" if verb in ("agree", "decline") else "author"
            deed = self.deed(verb, party, seen, chance, is_fair=True)
            if verdict(deed, seen, clock.now(), self.world.appointment(seen).start) == CHANGES:
                possible.setdefault(verb, []).append((deed, seen))
        if not possible:
            return self.begin(chance)
        [verb] = chance.choices(list(possible), [OFTEN[verb] for verb in possible])
        deed, seen = chance.choice(possible[verb])
        self.act(deed, seen)
        if chance.random() < 1 / 4 and verb in ("save", "sign"):
            # The second press of the same button: answered like the first.
            self.does(SAME, lambda: self.say(deed, seen))
        return None

    def time_passes(self, chance: Random) -> None:
        self.time.goes_on(timedelta(minutes=chance.choice([1, 60, 13 * 60, 3 * 24 * 60])))
        self.hold()

    def time_comes(self, chance: Random) -> None:
        """To the moment at which something opens or ends by itself; or a millisecond beside it."""
        ahead = sorted(moment for moment in self.world.moments(self.look) if moment > clock.now())
        if ahead:
            self.time.comes_to(chance.choice(ahead[:FEW]) + timedelta(milliseconds=chance.choice([-1, 0, 1])))
            self.hold()


def test_whatever_happens_a_note_goes_by_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    NoteLives.time = Clock()
    monkeypatch.setattr(clock, "now", lambda: NoteLives.time.now)
    NoteLives.world = World(Clock.begin)
    assert_lives_hold(NoteLives, usual=LIVES)

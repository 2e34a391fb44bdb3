"""What goes back in all follows from what happened, not from when it was heard of, and nothing that is owed is out of
sight on the way: whole lives of a visit's money as numbers, held against a sum that knows nothing of promises."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.reckoning import By, Facts, Paid, Promise, Reckoning, Stands, let_go_of, let_go_still, reckoned
from billing.shares import Shares, fitted, kept_by_policy, made_way, topped_up

# `make test-long` takes seven times as many.
LIVES = int(os.environ.get("PAYMENT_ORDERS", "120")) * 5
STEPS = 14
GIFTS = (By.TOWARDS, By.BESIDE)


class Money:
    """One visit's payments and promises, with the services' acts upon them; the last payment may be a mistake."""

    def __init__(self, number: int) -> None:
        self.random = Random(number)
        pick = self.random.choice
        amounts = [pick([45, 30, 46]), *([pick([10, 22])] if pick([True, False]) else []), pick([15, 7])]
        self.paid = {key: Paid(key=key, captured=minor) for key, minor in enumerate(amounts)}
        self.wrong = len(amounts) - 1
        # What the visit has cost, one after the other.
        self.prices, self.percent_back = [sum(amounts)], pick([0, 30, 50, 50, 100])
        self.is_cancelled = False
        self.rows: dict[int, Promise] = {}
        # How often the rules had spoken when what a person gave was agreed.
        self.agreed_at: dict[int, int] = {}
        self.let_go_of_rules = 0

    # What is known, and what follows.

    @property
    def captured(self) -> int:
        return sum(one.captured for one in self.paid.values())

    @property
    def kept(self) -> list[int]:
        """Each time that the rules have spoken."""
        late = kept_by_policy(price=self.prices[-1], captured=self.captured, percent_back=self.percent_back)
        return [*self.prices[1:], *([late] if self.is_cancelled else [])]

    @property
    def facts(self) -> Facts:
        rows = [self.as_counted(one) for one in self.rows.values() if one.paid in self.paid]
        return Facts(paid=list(self.paid.values()), promises=rows, keeps=(self.kept or self.prices)[-1])

    def as_counted(self, row: Promise) -> Promise:
        if row.by not in GIFTS:
            return row
        kept = self.kept
        at = self.agreed_at.get(self.first(row).key, len(kept))
        if at and at == len(kept):
            return replace(row, by=By.BESIDE)
        return replace(row, by=By.TOWARDS, kept=max(kept[at - 1 :]) if at else None)

    @property
    def known(self) -> Reckoning:
        return reckoned(self.facts)

    def add(self, paid: int, minor: int, by: By, **more: Any) -> Promise:
        row = Promise(key=len(self.rows) + 1, paid=paid, minor=minor, by=by, stands=Stands.PROMISED)
        self.rows[row.key] = replace(row, **more)
        return self.rows[row.key]

    def becomes(self, row: Promise, stands: Stands, **more: Any) -> None:
        self.rows[row.key] = replace(row, stands=stands, **more)

    def carry_out(self, shares: Shares) -> None:
        for key, minor in shares.stands.items():
            row = self.rows[key]
            if minor < row.minor:
                self.becomes(row, Stands.CUT)
                if minor:
                    self.add(row.paid, minor, row.by, stands=row.stands, replaces=key)
        for key, minor in shares.more.items():
            if minor:
                self.add(key, minor, By.RULES)

    def complete(self) -> None:
        self.forget_what_was_given()
        for _ in range(2):
            self.carry_out(topped_up(self.facts, self.known.unseen))

    def speak_anew(self) -> None:
        self.carry_out(topped_up(self.facts, self.known.anew))
        for row in self.found(Stands.SETTLED):
            self.becomes(row, Stands.SETTLED, of_rules=0)
        self.let_go_of_rules = 0
        self.complete()

    def replaced(self) -> set[int | None]:
        return {one.replaces for one in self.rows.values()}

    def found(self, *stands: Stands, by: tuple[By, ...] = tuple(By)) -> list[Promise]:
        rows = [one for one in self.rows.values() if one.stands in stands and one.by in by and one.paid in self.paid]
        return [one for one in rows if one.key not in self.replaced()]

    def one_of(self, *stands: Stands, by: tuple[By, ...] = tuple(By)) -> Promise | None:
        found = self.found(*stands, by=by)
        return self.random.choice(found) if found else None

    # The acts.

    def give(self, stands: Stands = Stands.PROMISED) -> None:
        paid = self.random.choice(list(self.paid))
        waiting = sum(one.minor for one in self.found(Stands.ASKED) if one.paid == paid)
        minor = self.random.choice([1, 4, 10, 15, 22])
        if minor <= self.known.room[paid] - waiting:
            row = self.add(paid, minor, By.TOWARDS, stands=stands)
            if stands is Stands.PROMISED:
                self.agreed_at[row.key] = len(self.kept)

    def ask(self) -> None:
        self.give(Stands.ASKED)

    def agree(self) -> None:
        if row := self.one_of(Stands.ASKED):
            self.agreed(row)

    def agreed(self, row: Promise) -> None:
        """What was no promise before the rules spoke is no part of what they owe then."""
        self.agreed_at.setdefault(self.first(row).key, len(self.kept))
        self.becomes(row, Stands.PROMISED)

    def before(self, row: Promise) -> list[Promise]:
        return [] if row.replaces is None else [self.rows[row.replaces], *self.before(self.rows[row.replaces])]

    def first(self, row: Promise) -> Promise:
        return [row, *self.before(row)][-1]

    def refuse(self) -> None:
        if row := self.one_of(Stands.ASKED, Stands.PROMISED, by=GIFTS):
            spare = max(self.known.given - self.known.ceiling, 0)
            self.becomes(row, Stands.TAKEN_BACK)
            if self.known.given - self.known.ceiling > spare:
                self.carry_out(fitted(self.facts, spare=spare))
            self.complete()

    def send(self) -> None:
        if row := self.one_of(Stands.PROMISED):
            self.becomes(row, Stands.GONE)

    def fail(self) -> None:
        if row := self.one_of(Stands.GONE):
            self.becomes(row, Stands.FAILED)

    def again(self) -> None:
        if row := self.one_of(Stands.FAILED):
            self.sent_again(row, needs_second=row.by in GIFTS and self.random.random() < 0.2)

    def sent_again(self, row: Promise, *, needs_second: bool = False) -> None:
        owed = min(self.known.again[row.key], self.known.there)
        room = max(self.known.room[row.paid], 0)
        if needs_second:
            room -= sum(one.minor for one in self.found(Stands.ASKED) if one.paid == row.paid)
            if 0 < owed <= room:
                self.add(row.paid, owed, row.by, stands=Stands.ASKED, replaces=row.key)
            return
        if not owed:
            return
        gone, minor = self.gone(), min(owed, room)
        if minor:
            self.carry_out(Shares(stands=made_way(self.facts, row.paid, minor), more={}))
            self.add(row.paid, minor, row.by, replaces=row.key)
        else:
            self.becomes(row, Stands.SETTLED)
        self.carry_out(topped_up(self.facts, owed - minor))
        assert self.gone() == gone + owed, "whatever else has failed"
        self.complete()

    def settle(self) -> None:
        """An officer says of what failed that it is not to go back any more, or is given otherwise: then no more is
        owed than what else failed, or waits in the place of that, can give."""
        if row := self.one_of(Stands.FAILED):
            let_go, of_rules = let_go_of(self.facts, row.key)
            self.becomes(row, Stands.SETTLED, let_go=let_go, of_rules=of_rules)
            failed = self.found(Stands.FAILED, Stands.ASKED)
            others = sum(one.minor for one in failed if one.stands is Stands.FAILED or self.was_agreed(one))
            self.let_go_of_rules += min(max(self.wanted() - self.gone() - others, 0), let_go)
            if self.is_cancelled:
                self.complete()

    def lose(self) -> None:
        self.heard(taken=True)

    def dashboard(self) -> None:
        self.heard(taken=False)

    def heard(self, *, taken: bool) -> None:
        paid = self.random.choice(list(self.paid))
        one = self.paid[paid]
        here = one.captured - one.taken - sum(row.minor for row in self.found(Stands.GONE) if row.paid == paid)
        minor = self.random.choice([1, 5, 15, 30])
        if minor > here:
            return
        if taken:
            self.paid[paid] = replace(one, taken=one.taken + minor)
        else:
            self.add(paid, minor, By.ELSEWHERE, stands=Stands.GONE)
        self.carry_out(fitted(self.facts))
        self.complete()

    def forget_what_was_given(self) -> None:
        """As if it had been known when the rest was let go of."""
        for key, minor in let_go_still(self.facts).items():
            self.rows[key] = replace(self.rows[key], of_rules=minor)
        self.let_go_of_rules = min(self.let_go_of_rules, max(self.wanted() + self.let_go_of_rules - self.gone(), 0))

    def undone(self) -> None:
        paid = self.random.choice(list(self.paid))
        if self.paid[paid].taken:
            self.paid[paid] = replace(self.paid[paid], taken=0)
            self.complete()

    def mistake(self) -> None:
        is_clean = not any(one.paid == self.wrong for one in self.found(Stands.GONE, Stands.FAILED))
        if self.wrong in self.paid and is_clean and not self.paid[self.wrong].taken:
            for row in self.found(Stands.PROMISED, Stands.ASKED):
                if row.paid == self.wrong:
                    self.becomes(row, Stands.TAKEN_BACK)
            del self.paid[self.wrong]
            self.carry_out(fitted(self.facts))
            self.speak_anew()

    def costs(self) -> None:
        """It becomes another kind of visit."""
        if not self.is_cancelled:
            self.prices.append(self.random.choice([5, 20, 40, self.prices[0]]))
            self.speak_anew()

    def cancel(self) -> None:
        if not self.is_cancelled:
            self.is_cancelled = True
            self.speak_anew()

    # What must be so.

    def assert_seen(self) -> None:
        known = self.known
        if self.is_cancelled:
            assert not known.unseen, "what the rules owe is promised, or somebody sees that it is not"
        if known.owed:
            waits = [one for one in self.found(Stands.ASKED) if one.replaces]
            waiting = sum(one.minor for one in waits if self.was_agreed(one))
            assert known.owed <= sum(known.again.values()) + waiting, "whatever is owed, somebody sees"
        for paid in self.paid.values():
            promised = [one for one in self.rows.values() if one.paid == paid.key and one.is_live]
            assert sum(one.minor for one in promised) <= paid.captured - paid.taken

    def assert_of_a_set(self) -> None:
        facts = self.facts
        paid, promises = list(facts.paid), list(facts.promises)
        self.random.shuffle(paid)
        self.random.shuffle(promises)
        assert reckoned(Facts(paid=paid, promises=promises, keeps=facts.keeps)) == self.known

    def wanted(self) -> int:
        """The larger of the rules' share and of what was given towards it, and on top what officers gave after that,
        each time that the rules spoke: of what they owed once as much as they have owed ever since. What is sent is not
        asked back."""
        shares = [max(self.captured - kept, 0) for kept in (self.kept or self.prices)]
        given = sum(one.taken for one in self.paid.values())
        gifts = dict.fromkeys(range(len(self.kept) + 1), 0)
        for row in self.found(*Stands):
            if row.by is By.ELSEWHERE:
                given += self.face(row)
            if row.by in GIFTS and row.stands is not Stands.TAKEN_BACK and self.was_promised(row):
                gifts[self.agreed_at[self.first(row).key]] += self.face(row)
        given += gifts[0]
        for at, _ in enumerate(shares, start=1):
            given = max(min(shares[at - 1 :]), given) + gifts.get(at, 0)
        return given - self.let_go_of_rules

    def expected(self) -> int:
        return min(self.captured, self.wanted())

    def was_promised(self, row: Promise) -> bool:
        return self.first(row).key in self.agreed_at

    def was_agreed(self, row: Promise) -> bool:
        return any(one.has_failed for one in self.before(row))

    def face(self, row: Promise) -> int:
        """What an officer has given by it in the first place, but for what was cut since."""
        minor = 0 if row.stands is Stands.CUT else row.minor - row.let_go
        while row.replaces is not None:
            old = self.rows[row.replaces]
            if old.has_failed:
                minor += old.minor - row.minor
            row = old
        return minor

    def gone(self) -> int:
        live = sum(one.minor for one in self.rows.values() if one.is_live and one.paid in self.paid)
        return live + sum(one.taken for one in self.paid.values())


ACTS = (
    "give",
    "give",
    "ask",
    "agree",
    "refuse",
    "send",
    "send",
    "fail",
    "fail",
    "again",
    "lose",
    "dashboard",
    "undone",
    "settle",
    "costs",
)
ONCE = ("mistake", "cancel")


# The same ones each time.
@settings(max_examples=LIVES, deadline=None, derandomize=True)
@given(number=st.integers(0, 2**40))
def test_in_the_end_as_much_is_given_as_the_rules_owe_and_officers_gave_whenever_it_was(number: int) -> None:
    life = Money(number)
    for _ in range(STEPS):
        act: Callable[[], None] = getattr(life, life.random.choice([*ACTS, *ONCE, *ONCE]))
        act()
        life.assert_seen()
        life.assert_of_a_set()
    life.cancel()
    for row in life.found(Stands.ASKED):
        life.agreed(row)
    failed = life.found(Stands.FAILED)
    life.random.shuffle(failed)
    for row in failed:
        life.sent_again(row)
        life.assert_seen()
    assert not life.known.owed
    if any(price > before for before, price in pairwise(life.prices)):
        # What was promised while it cost less stands until the money is reckoned anew.
        life.carry_out(fitted(life.facts))
    is_all_sent = not life.found(Stands.PROMISED, by=(By.RULES,))
    assert life.gone() == life.expected() or (is_all_sent and life.gone() > life.expected())

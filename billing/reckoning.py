"""What is owed back of one visit's money, by all that is known of it together (docs/decisions/0026 and 0037).

Whole numbers of minor units and nothing else: no database, no clock. The facts are sets, so that the order in which
they were heard of cannot matter. What every service promises, sends again or lists is what `reckoned` says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import pairwise


class By(Enum):
    """Whose promise it is, and what it counts towards."""

    RULES = auto()
    TOWARDS = auto()
    """An officer's, of before the rules spoke last: a part of what they owe."""
    BESIDE = auto()
    """An officer's, of after that: on top of what they owe."""
    ELSEWHERE = auto()
    """Given in Stripe's dashboard: a part of what the rules owe."""


class Stands(Enum):
    GONE = auto()
    """Made, or asked of Stripe: no longer ours to change."""
    PROMISED = auto()
    """Agreed, and not asked for yet."""
    ASKED = auto()
    """Waits for a second officer: no promise yet."""
    FAILED = auto()
    SETTLED = auto()
    """Failed, and an officer has said that `let_go` of it is not to go back any more; the rest is given otherwise."""
    CUT = auto()
    """Dropped as the money was gone, or as another promise took its place."""
    TAKEN_BACK = auto()
    """An officer has said no."""


@dataclass(frozen=True, kw_only=True)
class Paid:
    """One payment: what came by it, and what a bank took of it for good."""

    key: int
    captured: int
    taken: int = 0


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One promise of one payment; `replaces` names the one whose place it took. One that was cut may have left the
    clinic's bank all the same (`has_left`)."""

    key: int
    paid: int
    minor: int
    by: By
    stands: Stands
    replaces: int | None = None
    let_go: int = 0
    of_rules: int = 0
    """What of `let_go` the rules owed, as long as they have not spoken anew since."""
    has_left: bool = False

    @property
    def is_live(self) -> bool:
        return self.stands in (Stands.GONE, Stands.PROMISED)

    @property
    def gone(self) -> int:
        """What has gone by it for good or is agreed to go, in the ledger or beside it."""
        return self.minor if self.is_live or self.has_left else 0

    @property
    def has_failed(self) -> bool:
        return self.stands in (Stands.FAILED, Stands.SETTLED)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that is known of the payments that are for one visit, and what the clinic `keeps` of them."""

    paid: Collection[Paid]
    promises: Collection[Promise] = ()
    keeps: int = 0


@dataclass(frozen=True, kw_only=True)
class Reckoning:
    """All in minor units. The rules' promises are to be no less than `floor`, and no more than `ceiling`, which counts
    what people gave towards their share and failed."""

    floor: int
    ceiling: int
    given: int
    """What the rules have promised and given."""
    unseen: int
    """Of what they owe, what no refund speaks of that failed or waits for a second officer in the place of one: to be
    promised at once."""
    anew: int
    """What they owe if they speak anew: as `unseen`, and what refunds that failed speak of or an officer let go."""
    again: Mapping[int, int]
    """Of each refund that failed, by its key: what is owed of it still, whether or not there is money for it."""
    owed: int
    """Of all that, and of what has failed, as far as there is money: what the patient is to have and nobody gives."""
    lacking: int
    """Of what the rules owe and of what was given towards it and failed, what nobody gives or has let go of."""
    room: Mapping[int, int]
    """What is left of each payment, whatever waits for a second officer; below zero where it has gone twice."""
    is_all_taken: bool
    """Whether a bank took something and nothing is left that could go back, whatever officers may take back."""

    @property
    def there(self) -> int:
        """What is left of all payments together."""
        return sum(max(one, 0) for one in self.room.values())

    @property
    def short(self) -> int:
        """What the rules owe and have not promised; refunds of theirs that failed may speak of it."""
        return max(self.floor - self.given, 0)


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A promise with all that it took the place of: what stands of it now, what else it stands for that others carry
    (`rest`), and what has gone beyond both (`twice`)."""

    last: Promise
    rest: int
    twice: int
    was_agreed: bool

    @property
    def claim(self) -> int:
        return self.rest + self.twice + (self.last.minor if self.last.is_live else 0)


def reckoned(facts: Facts) -> Reckoning:
    """The one answer to what is owed."""
    lines = list(_lines(facts.promises))
    captured, taken = sum(one.captured for one in facts.paid), sum(one.taken for one in facts.paid)
    by_rule = max(captured - facts.keeps, 0)
    towards, beside = (By.TOWARDS, By.ELSEWHERE), (By.BESIDE,)
    part = taken + _claimed(lines, towards)
    gone = taken + _gone(facts.promises, (*towards, *beside))
    owed = max(by_rule, part) + _claimed(lines, beside) - gone
    given, failed = _gone(facts.promises, (By.RULES,)), _failed(lines, towards)
    more = max(by_rule, part + failed) - max(by_rule, part)
    # What has gone beyond what is owed already gives that too; only what has gone twice gives what comes beside it.
    twice, over = max(-owed, 0), max(given - max(owed, 0), 0)
    on_top = max(_failed(lines, beside) - max(twice - more, 0), 0)
    short = max(owed - given, 0)
    shared = (By.RULES, *towards)
    waiting = _waiting(lines, shared)
    let_go = sum(one.last.of_rules for one in lines if one.last.stands is Stands.SETTLED and one.last.by in shared)
    share = max(more - twice - over, 0)
    room = {one.key: _room(one, facts.promises) for one in facts.paid}
    there = sum(max(one, 0) for one in room.values())
    open_short = max(short - let_go, 0)
    sums = {By.RULES: open_short, By.BESIDE: on_top}
    return Reckoning(
        floor=max(owed, 0),
        ceiling=max(owed + more, 0),
        given=given,
        anew=max(short - waiting, 0),
        unseen=min(max(short - let_go - waiting - _failed(lines, shared), 0), max(there - _failed(lines, By), 0)),
        again={
            one.last.key: min(one.last.minor, sums.get(one.last.by, share + open_short))
            for one in lines
            if one.last.stands is Stands.FAILED
        },
        owed=min(open_short + share + on_top, there),
        lacking=open_short + share,
        room=room,
        is_all_taken=taken > 0 and not any(_left(one, facts.promises) for one in facts.paid),
    )


def let_go_of(facts: Facts, key: int) -> tuple[int, int]:
    """What an officer lets go of who settles a refund that failed, and what of that the rules owed: what would else be
    lacking still. A gift above their share takes nothing of it."""
    before = reckoned(facts)
    owed = before.again[key]
    settled = {one.key: one for one in facts.promises}
    settled[key] = replace(settled[key], stands=Stands.SETTLED, let_go=owed)
    after = reckoned(replace(facts, promises=list(settled.values())))
    return owed, min(owed, max(after.lacking - max(before.lacking - owed, 0), 0))


def _lines(promises: Collection[Promise]) -> Iterable[_Line]:
    known = {one.key: one for one in promises}
    replaced = {one.replaces for one in promises}
    for last in promises:
        if last.key in replaced:
            continue
        line = [last]
        while (before := line[-1].replaces) is not None:
            line.append(known[before])
        # What took the place of one that failed gave what was owed of it then: others carry the rest.
        rest = sum(old.minor - new.minor for new, old in pairwise(line) if old.has_failed)
        rest += last.minor - last.let_go if last.stands is Stands.SETTLED else 0
        rest = 0 if last.stands is Stands.TAKEN_BACK else rest
        left = sum(one.minor for one in line if one.has_left)
        speaks_of = last.minor if last.is_live or last.stands in (Stands.ASKED, Stands.FAILED) else 0
        was_agreed = any(one.has_failed for one in line[1:])
        yield _Line(last=last, rest=rest, twice=max(left - rest - speaks_of, 0), was_agreed=was_agreed)


def _claimed(lines: Iterable[_Line], by: Collection[By]) -> int:
    return sum(one.claim for one in lines if one.last.by in by)


def _failed(lines: Iterable[_Line], by: Iterable[By]) -> int:
    return sum(one.last.minor for one in lines if one.last.by in set(by) and one.last.stands is Stands.FAILED)


def _gone(promises: Iterable[Promise], by: Collection[By]) -> int:
    return sum(one.gone for one in promises if one.by in by)


def _waiting(lines: Iterable[_Line], by: Collection[By]) -> int:
    """What waits for a second officer in the place of what failed."""
    waiting = (one for one in lines if one.last.stands is Stands.ASKED and one.was_agreed)
    return sum(one.last.minor for one in waiting if one.last.by in by)


def _room(paid: Paid, promises: Iterable[Promise]) -> int:
    return paid.captured - paid.taken - sum(one.gone for one in promises if one.paid == paid.key)


def _left(paid: Paid, promises: Iterable[Promise]) -> int:
    """As `_room`, if officers take back what they still can."""
    firm = [one for one in promises if one.stands is not Stands.PROMISED or one.by is By.RULES]
    return max(_room(paid, firm), 0)

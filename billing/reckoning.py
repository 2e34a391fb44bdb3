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
    """An officer's, of before the rules spoke last: a part of what they owe, above what they owed when it was given."""
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
    kept: int | None = None
    """Where the rules had spoken before it was given, and have since: the most that they have kept from then on."""
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
    what people gave towards their share and failed, and leaves to a second officer what waits for one in its place."""

    floor: int
    ceiling: int
    given: int
    """What the rules have promised and given."""
    unseen: int
    """Of what they owe, what no refund speaks of that failed or waits for a second officer in the place of one: to be
    promised at once."""
    unspoken: int
    """As `unseen`, whether or not there is money for it."""
    anew: int
    """What they owe if they speak anew: as `unseen`, and what refunds that failed speak of or an officer let go."""
    again: Mapping[int, int]
    """Of each refund that failed, by its key: what is owed of it still, whether or not there is money for it."""
    owed: int
    """Of all that, and of what has failed, as far as there is money: what the patient is to have and nobody gives."""
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

    def claim(self, *speaking: Stands) -> int:
        """What it counts for, and if what stands like one of these is given too."""
        return self.rest + self.twice + (self.last.minor if self.last.is_live or self.speaks(*speaking) else 0)

    def speaks(self, *stands: Stands) -> bool:
        """Whether it failed, or waits for a second officer in the place of what did, and that is asked for."""
        return self.last.stands in stands and (self.last.stands is not Stands.ASKED or self.was_agreed)


def reckoned(facts: Facts) -> Reckoning:
    """The one answer to what is owed."""
    lines = list(_lines(facts.promises))
    taken = sum(one.taken for one in facts.paid)
    towards, beside = (By.TOWARDS, By.ELSEWHERE), (By.BESIDE,)
    shared = (By.RULES, *towards)
    total, with_failed = _share(facts, lines), _share(facts, lines, Stands.FAILED)
    more = with_failed - total
    owed = total + _claimed(lines, beside) - taken - _gone(facts.promises, (*towards, *beside))
    given = _gone(facts.promises, (By.RULES,))
    # What has gone beyond what is owed already gives that too; only what has gone twice gives what comes beside it.
    twice, over = max(-owed, 0), max(given - max(owed, 0), 0)
    share, on_top = max(more - twice - over, 0), max(_speaks(lines, beside, Stands.FAILED) - max(twice - more, 0), 0)
    left_to_them = max(_speaks(lines, beside, Stands.FAILED, Stands.ASKED) - max(twice - more, 0), 0)
    short = max(owed - given, 0)
    let_go = sum(one.last.of_rules for one in lines if one.last.stands is Stands.SETTLED and one.last.by in shared)
    open_short = max(short - let_go, 0)
    room = {one.key: _room(one, facts.promises) for one in facts.paid}
    there = sum(max(one, 0) for one in room.values())
    # What waits for a second officer in the place of what failed gives what it adds to the share first, then of that.
    added = _share(facts, lines, Stands.FAILED, Stands.ASKED) - with_failed
    waiting = max(_speaks(lines, shared, Stands.ASKED) - added, 0)
    lacking = open_short + max(more + added - twice - over, 0)
    spoken_of = min(_speaks(lines, shared, Stands.FAILED, Stands.ASKED), lacking)
    sums = {By.RULES: open_short, By.BESIDE: on_top}
    return Reckoning(
        floor=max(owed, 0),
        ceiling=max(owed + more - waiting, 0),
        given=given,
        anew=max(short - waiting, 0),
        unseen=max(min(lacking, there - left_to_them) - spoken_of, 0),
        unspoken=lacking - spoken_of,
        again={
            one.last.key: min(one.last.minor, sums.get(one.last.by, share + open_short))
            for one in lines
            if one.last.stands is Stands.FAILED
        },
        owed=min(open_short + share + on_top, there),
        room=room,
        is_all_taken=taken > 0 and not any(_left(one, facts.promises) for one in facts.paid),
    )


def let_go_of(facts: Facts, key: int) -> tuple[int, int]:
    """What an officer lets go of who settles a refund that failed, and what of that the rules would else promise at
    once: not what another that failed speaks of too, nor a gift above their share."""
    owed = reckoned(facts).again[key]
    settled = {one.key: one for one in facts.promises}
    settled[key] = replace(settled[key], stands=Stands.SETTLED, let_go=owed)
    return owed, min(reckoned(replace(facts, promises=list(settled.values()))).unspoken, owed)


def let_go_still(facts: Facts) -> Mapping[int, int]:
    """By their keys, of the refunds of which less is let go of than was, what of it the rules owe still: what has been
    given otherwise since is not let go of beside that."""
    rest = reckoned(facts).short
    less = {}
    for one in sorted((one for one in facts.promises if one.of_rules), key=lambda one: one.key):
        if one.of_rules > rest:
            less[one.key] = rest
        rest -= min(one.of_rules, rest)
    return less


def has_failed_before(facts: Facts, promise: Promise) -> bool:
    """Whether it took the place of one that failed, and so was agreed once."""
    known = {one.key: one for one in facts.promises}
    while promise.replaces is not None:
        promise = known[promise.replaces]
        if promise.has_failed:
            return True
    return False


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


def _share(facts: Facts, lines: Collection[_Line], *speaking: Stands) -> int:
    """The larger of the rules' share and of what was given towards it, as `speaking` says of `_Line.claim`. What people
    gave after the rules had spoken is above what they owed by then, as far as they owe it still."""
    captured = sum(one.captured for one in facts.paid)
    first = [one for one in lines if one.last.by is By.ELSEWHERE or one.last.kept is None]
    share = sum(one.taken for one in facts.paid) + _claimed(first, (By.TOWARDS, By.ELSEWHERE), *speaking)
    later = [one for one in lines if one not in first and one.last.by is By.TOWARDS]
    for one in sorted(later, key=lambda one: one.last.kept or 0, reverse=True):
        share = max(captured - max(one.last.kept or 0, facts.keeps), share) + one.claim(*speaking)
    return max(captured - facts.keeps, share, 0)


def _claimed(lines: Iterable[_Line], by: Collection[By], *speaking: Stands) -> int:
    return sum(one.claim(*speaking) for one in lines if one.last.by in by)


def _speaks(lines: Iterable[_Line], by: Collection[By], *stands: Stands) -> int:
    return sum(one.last.minor for one in lines if one.last.by in by and one.speaks(*stands))


def _gone(promises: Iterable[Promise], by: Collection[By]) -> int:
    return sum(one.gone for one in promises if one.by in by)


def _room(paid: Paid, promises: Iterable[Promise]) -> int:
    return paid.captured - paid.taken - sum(one.gone for one in promises if one.paid == paid.key)


def _left(paid: Paid, promises: Iterable[Promise]) -> int:
    """As `_room`, if officers take back what they still can."""
    firm = [one for one in promises if one.stands is not Stands.PROMISED or one.by is By.RULES]
    return max(_room(paid, firm), 0)

"""How much of what was paid goes back, as whole numbers of minor units and nothing else (docs/decisions/0026).

What the clinic keeps is the price of a visit that stands, or the policy's fee for one that does not; all above it goes
back. What has gone already counts, whoever gave it: ourselves, somebody in Stripe's dashboard, or a bank. An officer's
promise that is agreed stands beside the rule: the patient has the larger of the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class Purse:
    """One payment: what came, what a bank took of it for good, and what was promised of it, the oldest first."""

    captured: int
    taken: int = 0
    firm: int = 0
    """Given back, or asked of Stripe: no longer ours to change."""
    agreed: Sequence[int] = ()
    """Officers' promises that nobody has to agree to any more, and that have not been asked for."""
    ruled: Sequence[int] = ()
    """What the rules have promised, and that has not been asked for."""
    asked: Sequence[int] = ()
    """What waits for a second officer's yes: no promise yet."""
    is_closed: bool = False
    """Whether the rules have given back of it once already, and cannot again."""
    just_gone: int = 0
    """What of `taken` and `firm` has gone just now, without us."""
    beside: int = 0
    """What of `agreed` and `firm` officers gave after the rules had spoken last: beside their share, not towards it."""

    failed: int = 0
    """What the rules gave and a bank has sent back, that nothing has taken the place of yet: owed still."""

    @property
    def here(self) -> int:
        """What is left of it; below zero where a bank took what we had given back."""
        return self.captured - self.taken - self.firm


@dataclass(frozen=True, kw_only=True)
class Share:
    """What becomes of a purse's promises, in their order, and how much `more` the rules promise of it."""

    agreed: Sequence[int]
    ruled: Sequence[int]
    asked: Sequence[int]
    more: int = 0


def kept_by_policy(*, price: int, captured: int, percent_back: int) -> int:
    """What the policy keeps of a visit that was cancelled: the rest of the share that goes back, which is rounded down.

    What was paid above the price is no part of it.
    """
    base = min(price, captured)
    return base - base * percent_back // 100


def owed(*, captured: int, gone: int, keeps: int) -> int:
    """What the rules owe still: all that is here above what is kept. `gone` is what is promised, given or taken."""
    return max(captured - gone - keeps, 0)


def on_top_of_rules(purses: Sequence[Purse], keeps: int) -> int:
    """What officers gave `beside` the rules' share, as far as it is there and above what the rules owed before
    something went just now: it takes nothing of the rules' share."""
    promised = sum(sum(purse.agreed) + sum(purse.ruled) + purse.failed for purse in purses)
    owed_before = sum(purse.here + purse.just_gone for purse in purses) - keeps
    # What was promised last is not there first.
    there = sum(max(one.beside - sum(one.agreed) + sum(_cut(one.agreed, one.here)), 0) for one in purses)
    return min(max(promised - owed_before, 0), there)


def fitted(purses: Sequence[Purse], keeps: int) -> list[Share]:
    """After money has gone that nobody here has sent: the promises as far as there is room for them.

    Agreed ones come first; of the rules' as much as they still owe; then what waits for a second officer. What an
    officer had promised on top of the rules' share takes nothing of it, sent already or not.
    """
    return _as_owed(purses, keeps, on_top_of_rules(purses, keeps))


def _as_owed(purses: Sequence[Purse], keeps: int, on_top: int) -> list[Share]:
    agreed = [_cut(purse.agreed, purse.here) for purse in purses]
    here = sum(purse.here for purse in purses)
    rest = max(here - sum(map(sum, agreed)) + on_top - keeps, 0)
    shares = []
    for purse, stands in zip(purses, agreed, strict=True):
        room = purse.here - sum(stands)
        ruled = _cut(purse.ruled, min(room, rest))
        rest -= sum(ruled)
        shares.append(Share(agreed=stands, ruled=ruled, asked=_cut(purse.asked, room - sum(ruled))))
    return shares


def fitted_before(purses: Sequence[Purse], keeps: int) -> list[Share]:
    """As `fitted` had it been, had nothing gone just now: what is cut by this too is cut for another reason."""
    before = [replace(purse, captured=purse.captured + purse.just_gone, just_gone=0) for purse in purses]
    return fitted(before, keeps)


def topped_up(purses: Sequence[Purse], keeps: int, *, most: int | None = None, on_top: int = 0) -> list[Share]:
    """After something that the rules speak of: what they owe by now beside the promises that stand, of the latest
    payment first and `most` in all. What waits for a second officer, who may yet refuse it, gives way to that.

    Where a mistake was found or a promise taken back, and the visit is what it was, `on_top` is what officers had given
    above the rules' share before that (`on_top_of_rules`): as far as it still stands it takes nothing of the share."""
    standing = [sum(purse.agreed) + sum(purse.ruled) for purse in purses]
    rest = unpromised(purses, keeps, on_top=on_top)
    rest = rest if most is None else min(rest, most)
    shares = []
    for purse, stands in reversed(list(zip(purses, standing, strict=True))):
        room = max(purse.here - stands, 0)
        more = 0 if purse.is_closed else min(room, rest)
        rest -= more
        asked = _made_way(purse.asked, room - more, more)
        shares.append(Share(agreed=purse.agreed, ruled=purse.ruled, asked=asked, more=more))
    return shares[::-1]


def unpromised(purses: Sequence[Purse], keeps: int, *, on_top: int) -> int:
    """What the rules owe beside the promises that stand; `on_top` as in `topped_up`."""
    standing = sum(sum(purse.agreed) + sum(purse.ruled) for purse in purses)
    on_top = min(on_top, sum(purse.beside for purse in purses))
    return max(sum(purse.here for purse in purses) - standing + on_top - keeps, 0)


def of_another_sum(purses: Sequence[Purse], keeps: int, *, on_top: int) -> list[Share]:
    """Where another sum was paid than had been thought: the rules' promises are their share of that one, less than they
    were or more. `on_top` as in `topped_up`."""
    on_top = min(on_top, sum(purse.beside for purse in purses))
    fit = _as_owed(purses, keeps, on_top)
    cut = [replace(purse, ruled=share.ruled) for purse, share in zip(purses, fit, strict=True)]
    return topped_up(cut, keeps, on_top=on_top)


def _cut(amounts: Iterable[int], room: int) -> list[int]:
    """Each as far as those before it have left room."""
    kept = []
    for amount in amounts:
        kept.append(min(amount, max(room, 0)))
        room -= kept[-1]
    return kept


def _made_way(asked: Iterable[int], room: int, more: int) -> list[int]:
    """As they are while they fit; else what is promised by rule now is a part of what was asked for."""
    amounts = list(asked)
    if sum(amounts) <= room:
        return amounts
    kept = []
    for amount in amounts:
        covered = min(amount, more)
        more -= covered
        kept.append(amount - covered)
    return _cut(kept, room)

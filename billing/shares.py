"""What becomes of promises, as `billing.reckoning` says what is owed: cut as far as they must be, or topped up.

Whole numbers of minor units and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from billing.reckoning import By, Facts, Paid, Promise, Stands, has_failed_before, reckoned

# What may yet be changed.
MOVABLE = (Stands.PROMISED, Stands.ASKED)


@dataclass(frozen=True, kw_only=True)
class Shares:
    """How much of each promise stands, by its key, and how much `more` the rules promise of each payment, by its."""

    stands: Mapping[int, int]
    more: Mapping[int, int]


def kept_by_policy(*, price: int, captured: int, percent_back: int) -> int:
    """What the policy keeps of a visit that was cancelled: the rest of the share that goes back, which is rounded down.

    What was paid above the price is no part of it.
    """
    base = min(price, captured)
    return base - base * percent_back // 100


def fitted(facts: Facts, *, spare: int = 0) -> Shares:
    """The promises as far as there is money for them: officers' first, each of its own payment; of the rules' as much
    as these owe and `spare` more; then what waits for a second officer."""
    room = {one.key: one.captured - one.taken - _firm(one, facts.promises) for one in _in_order(facts.paid)}
    promised = [one for one in facts.promises if one.stands is Stands.PROMISED]
    stands = _cut([one for one in promised if one.by is not By.RULES], room)
    so_far = replace(facts, promises=[new for one in facts.promises for new in _as_cut(one, stands)])
    fixed = sum(one.gone for one in facts.promises if one.by is By.RULES and one.stands is not Stands.PROMISED)
    rest = max(reckoned(so_far).ceiling + spare - fixed, 0)
    stands |= _cut([one for one in promised if one.by is By.RULES], room, rest)
    stands |= _cut([one for one in facts.promises if one.stands is Stands.ASKED], room)
    return Shares(stands=stands, more={})


def topped_up(facts: Facts, minor: int, *, closed: Collection[int] = ()) -> Shares:
    """So much more by the rules, of the latest payment first and of none that is `closed`. What waits for a second
    officer, who may yet refuse it, gives way to that where no payment has as much beside it, and last what was agreed
    once, and failed."""
    room = reckoned(facts).room
    more = dict.fromkeys(room, 0)
    latest_first = [one.key for one in reversed(_in_order(facts.paid)) if one.key not in closed]
    waiting = [one for one in facts.promises if one.stands is Stands.ASKED]
    agreed_once = [one for one in waiting if has_failed_before(facts, one)]
    for beside in (waiting, agreed_once, ()):
        for key in latest_first:
            here = room[key] - more[key] - sum(one.minor for one in beside if one.paid == key)
            here = min(max(here, 0), minor)
            more[key], minor = more[key] + here, minor - here
    stands: dict[int, int] = {}
    for key in latest_first:
        stands |= made_way(facts, key, more[key])
    return Shares(stands=stands, more=more)


def made_way(facts: Facts, paid: int, minor: int) -> dict[int, int]:
    """What stands of what waits for a second officer where so much of a payment goes back before it: all while both
    fit; else the one is a part of the other. What was agreed once, and failed, is a part of nothing: that was left to
    it when it was said how much goes back."""
    asked = _of(facts.promises, paid, Stands.ASKED)
    room = max(reckoned(facts).room[paid], 0) - minor
    stands = {one.key: one.minor for one in asked}
    if sum(stands.values()) <= room:
        return stands
    agreed = [one for one in asked if has_failed_before(facts, one)]
    for one in agreed:
        stands[one.key] = min(one.minor, max(room, 0))
        room -= stands[one.key]
    for one in (one for one in asked if one not in agreed):
        covered = min(one.minor, minor)
        minor -= covered
        stands[one.key] = min(one.minor - covered, max(room, 0))
        room -= stands[one.key]
    return stands


def _cut(promises: Iterable[Promise], room: dict[int, int], rest: int | None = None) -> dict[int, int]:
    """Each as far as those before it have left room of its payment, which becomes less by it, and `rest` in all."""
    stands = {}
    for one in sorted(promises, key=lambda one: (one.paid, one.key)):
        most = max(room[one.paid], 0) if rest is None else max(min(room[one.paid], rest), 0)
        stands[one.key] = min(one.minor, most)
        room[one.paid] -= stands[one.key]
        rest = None if rest is None else rest - stands[one.key]
    return stands


def _as_cut(promise: Promise, stands: Mapping[int, int]) -> Iterable[Promise]:
    """As it is to be: cut, with another in its place as far as there is money for it."""
    minor = stands.get(promise.key, promise.minor)
    if minor == promise.minor:
        return [promise]
    cut = replace(promise, stands=Stands.CUT)
    return [cut, replace(promise, key=-promise.key, minor=minor, replaces=promise.key)] if minor else [cut]


def _firm(paid: Paid, promises: Iterable[Promise]) -> int:
    return sum(one.gone for one in promises if one.paid == paid.key and one.stands is not Stands.PROMISED)


def _of(promises: Iterable[Promise], paid: int, stands: Stands) -> list[Promise]:
    found = [one for one in promises if one.paid == paid and one.stands is stands]
    return sorted(found, key=lambda one: one.key)


def _in_order(paid: Iterable[Paid]) -> list[Paid]:
    return sorted(paid, key=lambda one: one.key)

"""What is owed back in cases that people decided about, in numbers (docs/decisions/0037)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from billing.reckoning import By, Facts, Paid, Promise, Stands, let_go_of, let_go_still, reckoned
from billing.shares import topped_up

PAID = Paid(key=1, captured=4500)
RULES = Promise(key=1, paid=1, minor=1000, by=By.RULES, stands=Stands.FAILED)
GIFT = Promise(key=2, paid=1, minor=1000, by=By.TOWARDS, stands=Stands.FAILED)


@pytest.mark.parametrize(
    ("kept_then", "keeps", "gift", "ends"),
    [
        # Before the rules ever spoke: a part of what they owe.
        (None, 3000, 2000, 2000),
        (None, 1500, 2000, 3000),
        # After the price fell to £30: on top of the £15 of then, and a part of what is owed above these.
        (3000, 3000, 2000, 3500),
        (3000, 2500, 2000, 3500),
        (3000, 500, 2000, 4000),
        (3000, 0, 2000, 4500),
        # After it had fallen and risen again: of what is not owed any more nothing stands.
        (3000, 4500, 2000, 2000),
        (4500, 1500, 2000, 3000),
    ],
)
@pytest.mark.parametrize("stands", [Stands.GONE, Stands.PROMISED, Stands.FAILED])
def test_a_gift_is_on_top_of_what_was_owed_when_it_was_given_and_a_part_of_what_is_owed_since(
    stands: Stands, kept_then: int | None, keeps: int, gift: int, ends: int
) -> None:
    given = replace(GIFT, minor=gift, stands=stands, kept=kept_then)
    known = reckoned(Facts(paid=[PAID], promises=[given], keeps=keeps))
    if stands is Stands.FAILED:
        assert known.ceiling == ends
    else:
        assert known.floor + gift == ends


def test_two_gifts_each_on_top_of_what_was_owed_by_then() -> None:
    """£5 before; £15 when it came to cost £30, and £5 on top; £25 when it came to cost £20, and £5 on top of that."""
    gifts = [
        replace(GIFT, key=key, minor=500, stands=Stands.GONE, kept=kept)
        for key, kept in ((1, 3000), (2, 2000), (3, None))
    ]
    assert reckoned(Facts(paid=[PAID], promises=gifts, keeps=1000)).floor + 1500 == 3500
    assert reckoned(Facts(paid=[PAID], promises=gifts, keeps=2000)).floor + 1500 == 3000
    assert reckoned(Facts(paid=[PAID], promises=gifts[:1], keeps=2000)).floor + 500 == 2500


def test_letting_go_of_one_that_failed_leaves_what_another_speaks_of() -> None:
    """The rules owe £10, as a gift towards that had failed; their own has failed too. Each speaks of the same."""
    facts = Facts(paid=[PAID], promises=[RULES, GIFT], keeps=3500)
    assert reckoned(facts).again == {1: 1000, 2: 1000}
    let_go, of_rules = let_go_of(facts, 2)
    assert (let_go, of_rules) == (1000, 0)
    settled = replace(GIFT, stands=Stands.SETTLED, let_go=let_go, of_rules=of_rules)
    after = replace(facts, promises=[RULES, settled])
    assert (reckoned(after).again, reckoned(after).unseen) == ({1: 1000}, 0)
    assert let_go_of(after, 1) == (1000, 1000)


def test_what_is_given_otherwise_after_it_was_let_go_of_is_let_go_of_no_more() -> None:
    """As if it had been known before: then the rest alone would have been let go of."""
    settled = replace(RULES, stands=Stands.SETTLED, let_go=1000, of_rules=1000)
    other = Promise(key=3, paid=1, minor=500, by=By.RULES, stands=Stands.GONE)
    elsewhere = Promise(key=4, paid=1, minor=400, by=By.ELSEWHERE, stands=Stands.GONE)
    before = Facts(paid=[PAID], promises=[settled, other], keeps=3000)
    assert (let_go_still(before), reckoned(before).owed) == ({}, 0)
    heard = replace(before, promises=[settled, other, elsewhere])
    assert let_go_still(heard) == {1: 600}
    failed = replace(other, stands=Stands.FAILED)
    told = replace(heard, promises=[replace(settled, of_rules=600), failed, elsewhere])
    assert reckoned(told).again == {3: 500}, "all of it, as it failed"


def test_what_failed_speaks_of_no_more_than_is_owed_of_it() -> None:
    """£10 above the rules' share failed twice over, of one payment; what is short beside that is promised at once."""
    settled = Promise(key=5, paid=1, minor=3000, by=By.TOWARDS, stands=Stands.SETTLED)
    facts = Facts(paid=[PAID, Paid(key=2, captured=1500)], promises=[replace(GIFT, minor=400), settled], keeps=6000)
    known = reckoned(facts)
    assert (known.again, known.unseen) == ({2: 400}, 3000)


def test_what_waits_for_a_second_officer_gives_way_only_where_nothing_is_left_beside_it() -> None:
    waiting = Promise(key=6, paid=2, minor=1500, by=By.TOWARDS, stands=Stands.ASKED)
    facts = Facts(paid=[PAID, Paid(key=2, captured=1500)], promises=[waiting], keeps=3000)
    assert topped_up(facts, 3000).more == {1: 3000, 2: 0}
    assert topped_up(facts, 5000).more == {1: 4500, 2: 500}


def test_what_was_agreed_once_and_failed_gives_way_last_of_whatever_payment() -> None:
    waiting = [
        Promise(key=3, paid=1, minor=1500, by=By.TOWARDS, stands=Stands.ASKED),
        replace(GIFT, paid=2, minor=500),
        Promise(key=4, paid=2, minor=500, by=By.TOWARDS, stands=Stands.ASKED, replaces=2),
    ]
    shares = topped_up(Facts(paid=[PAID, Paid(key=2, captured=1500)], promises=waiting), 4500)
    assert shares.more == {1: 3500, 2: 1000}
    assert shares.stands[4] == 500


def test_what_is_asked_again_of_a_gift_beside_the_share_is_left_to_the_second_officer() -> None:
    """A bank took £21 and £20 went towards what failed of £22 before; £4 are left, and nobody may agree to them but a
    second officer."""
    old = replace(GIFT, minor=2200)
    promises = [
        old,
        Promise(key=3, paid=1, minor=2000, by=By.TOWARDS, stands=Stands.GONE, replaces=old.key),
        Promise(key=4, paid=1, minor=400, by=By.BESIDE, stands=Stands.FAILED),
        Promise(key=5, paid=1, minor=400, by=By.BESIDE, stands=Stands.ASKED, replaces=4),
    ]
    facts = Facts(paid=[replace(PAID, taken=2100)], promises=promises, keeps=3100)
    known = reckoned(facts)
    assert (known.unseen, known.room, known.again) == (0, {1: 400}, {})
    refused = replace(promises[-1], stands=Stands.TAKEN_BACK)
    assert reckoned(replace(facts, promises=[*promises[:-1], refused])).unseen == 200

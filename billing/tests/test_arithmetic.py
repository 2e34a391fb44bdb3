"""What goes back in all is the same in whatever order a bank, the dashboard, the visit and its end are heard of."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.arithmetic import (
    Purse,
    Share,
    fitted,
    kept_by_policy,
    of_another_sum,
    on_top_of_rules,
    owed,
    topped_up,
)

pounds = st.integers(0, 60)
# As many as a build has time for; `PAYMENT_ORDERS=864` looks longer.
EXAMPLES = int(os.environ.get("PAYMENT_ORDERS", "120")) // 2


@dataclass
class Money:
    """One visit's payments, with the services' two acts upon them."""

    price: int
    purses: list[Purse]
    percent_back: int | None = None

    @property
    def captured(self) -> int:
        return sum(purse.captured for purse in self.purses)

    @property
    def keeps(self) -> int:
        if self.percent_back is None:
            return self.price
        return kept_by_policy(price=self.price, captured=self.captured, percent_back=self.percent_back)

    @property
    def gone(self) -> int:
        """What went back in all, or is to: nobody has to agree to it any more."""
        return sum(one.taken + one.firm + sum(one.agreed) + sum(one.ruled) for one in self.purses)

    def _carry_out(self, shares: Sequence[Share]) -> None:
        for number, (purse, share) in enumerate(zip(self.purses, shares, strict=True)):
            ruled = [one for one in (*share.ruled, share.more) if one]
            beside = max(purse.beside - sum(purse.agreed) + sum(share.agreed), 0)
            self.purses[number] = replace(purse, agreed=share.agreed, ruled=ruled, asked=share.asked, beside=beside)

    def heard(self, number: int, *, taken: int = 0, firm: int = 0) -> None:
        purse = self.purses[number]
        heard = replace(purse, taken=purse.taken + taken, firm=purse.firm + firm, just_gone=taken + firm)
        self.purses[number] = heard
        self._carry_out(fitted(self.purses, self.keeps))
        self.purses[number] = replace(self.purses[number], just_gone=0)

    def changed(self, *, price: int | None = None, percent_back: int | None = None) -> None:
        self.price = self.price if price is None else price
        self.percent_back = percent_back if percent_back is not None else self.percent_back
        # What was given before the rules spoke is a part of their share.
        self.purses = [replace(purse, beside=0) for purse in self.purses]
        self._carry_out(topped_up(self.purses, self.keeps))

    def taken_back(self, number: int) -> None:
        """It was written down by mistake: no money came by it."""
        on_top = on_top_of_rules(self.purses, self.keeps)
        del self.purses[number]
        self._carry_out(of_another_sum(self.purses, self.keeps, on_top=on_top))

    def given_too(self, number: int, amount: int) -> None:
        purse = self.purses[number]
        self.purses[number] = replace(purse, agreed=[*purse.agreed, amount], beside=purse.beside + amount)

    def dropped(self, number: int) -> None:
        """The last that was given beside the rules' share is taken back."""
        on_top = on_top_of_rules(self.purses, self.keeps)
        purse = self.purses[number]
        *stand, last = purse.agreed
        self.purses[number] = replace(purse, agreed=stand, beside=purse.beside - last)
        self._carry_out(topped_up(self.purses, self.keeps, most=last, on_top=on_top))

    def sent(self, number: int) -> None:
        purse = self.purses[number]
        firm = purse.firm + sum(purse.agreed) + sum(purse.ruled)
        self.purses[number] = replace(purse, firm=firm, agreed=[], ruled=[])

    def assert_no_more_than_is_there(self) -> None:
        for purse in self.purses:
            promised = sum(purse.agreed) + sum(purse.ruled) + sum(purse.asked)
            assert promised <= max(purse.here, 0), "nothing is promised that is not there"

    def assert_sound(self) -> None:
        self.assert_no_more_than_is_there()
        if any(sum(purse.ruled) for purse in self.purses):
            assert self.gone <= self.captured - self.keeps, "the rules give back no more than they owe"


@st.composite
def moneys(draw: st.DrawFn) -> Money:
    amounts = draw(st.lists(st.integers(1, 60), min_size=1, max_size=3))
    purses = [Purse(captured=one, agreed=[draw(st.integers(0, one))]) for one in amounts]
    return Money(price=sum(amounts), purses=purses)


@settings(max_examples=60, deadline=None)
@given(money=moneys(), price=pounds, percent_back=st.sampled_from([0, 33, 50, 100]), data=st.data())
def test_the_order_in_which_it_is_heard_of_moves_no_penny(
    money: Money, price: int, percent_back: int, data: st.DataObject
) -> None:
    last = len(money.purses) - 1
    by_bank, elsewhere = data.draw(st.integers(0, last)), data.draw(st.integers(0, last))
    taken = data.draw(st.integers(0, money.purses[by_bank].captured))
    room = money.purses[elsewhere].captured - (taken if by_bank == elsewhere else 0)
    made = data.draw(st.integers(0, room))
    news: list[Callable[[Money], None]] = [
        lambda one: one.heard(by_bank, taken=taken),
        lambda one: one.heard(elsewhere, firm=made),
        lambda one: one.changed(price=min(price, one.captured)),
        lambda one: one.changed(percent_back=percent_back),
    ]
    ends = set()
    for order in permutations(range(4)):
        if order.index(3) < order.index(2):
            # What is cancelled becomes no other visit.
            continue
        one = replace(money, purses=list(money.purses))
        for number in order:
            news[number](one)
            one.assert_sound()
        ends.add((one.gone, tuple(sum(purse.agreed) for purse in one.purses)))
    [(gone, agreed)] = ends
    for number, purse in enumerate(money.purses):
        left = purse.captured - taken * (number == by_bank) - made * (number == elsewhere)
        assert agreed[number] == min(sum(purse.agreed), left), "what was agreed stands as far as it is there"
    assert gone == max(taken + made + sum(agreed), money.captured - one.keeps), "the larger of promise and rule"


@settings(max_examples=60, deadline=None)
@given(money=moneys(), data=st.data())
def test_whatever_happens_no_more_is_promised_than_is_there_or_owed(money: Money, data: st.DataObject) -> None:
    for _ in range(8):
        number = data.draw(st.integers(0, len(money.purses) - 1))
        purse = money.purses[number]
        match data.draw(st.sampled_from(["bank", "dashboard", "visit", "end", "sent", "officer", "asked", "refused"])):
            case "bank":
                money.heard(number, taken=data.draw(st.integers(0, purse.captured - purse.taken)))
            case "dashboard":
                made = data.draw(st.integers(0, max(purse.here - sum(purse.agreed) - sum(purse.asked), 0)))
                money.heard(number, firm=made)
            case "visit" if money.percent_back is None:
                # What becomes dearer is paid for anew: that is no promise's matter.
                money.changed(price=data.draw(st.integers(0, money.price)))
            case "end" if money.percent_back is None:
                money.changed(percent_back=data.draw(st.sampled_from([0, 50, 100])))
            case "sent":
                money.sent(number)
            case "officer" | "asked" as what:
                left = max(purse.here - sum(purse.agreed) - sum(purse.ruled) - sum(purse.asked), 0)
                amount = data.draw(st.integers(0, left))
                # What an officer gives beside the rules is theirs to decide: it is not the rules' any more.
                more = replace(purse, agreed=[*purse.agreed, amount])
                money.purses[number] = more if what == "officer" else replace(purse, asked=[*purse.asked, amount])
                money.changed()
                continue
            case _:
                money.purses[number] = replace(purse, asked=[])
        if not any(sum(one.agreed) + one.beside for one in money.purses):
            money.assert_sound()


@settings(max_examples=60, deadline=None)
@given(money=moneys(), percent_back=st.sampled_from([0, 33, 50, 100]), is_sent=st.booleans(), data=st.data())
def test_what_is_given_on_top_comes_on_top_before_a_mistake_as_after_it(
    money: Money, percent_back: int, data: st.DataObject, *, is_sent: bool
) -> None:
    money.purses.append(Purse(captured=data.draw(st.integers(1, 60))))
    money.price, wrong = money.captured, len(money.purses) - 1
    number = data.draw(st.integers(0, wrong - 1))
    money.changed(percent_back=percent_back)
    if is_sent:
        money.sent(number)
    first, then = (replace(money, purses=list(money.purses)) for _ in range(2))
    then.taken_back(wrong)
    purse = then.purses[number]
    amount = data.draw(st.integers(0, purse.here - sum(purse.agreed) - sum(purse.ruled)))
    then.given_too(number, amount)
    first.given_too(number, amount)
    told = first.gone
    first.taken_back(wrong)
    first.assert_no_more_than_is_there()
    assert first.gone == then.gone <= min(first.captured, told)


@settings(max_examples=EXAMPLES, deadline=None)
@given(money=moneys(), percent_back=st.sampled_from([0, 33, 50, 100]), data=st.data())
def test_a_loss_a_mistake_and_a_gift_taken_back_come_to_the_same_in_any_order(
    money: Money, percent_back: int, data: st.DataObject
) -> None:
    """Nothing is sent in between: the rules' share is of what was paid in truth, less what the bank gave, and what
    officers gave beside it stands beside it."""
    money.purses.append(Purse(captured=data.draw(st.integers(1, 60))))
    wrong = len(money.purses) - 1
    lost, number = (data.draw(st.integers(0, wrong - 1)) for _ in range(2))
    money.purses = [replace(one, agreed=[]) for one in money.purses]
    money.price = money.captured
    money.changed(percent_back=percent_back)
    gifts = [0, 0]
    for turn in range(2):
        purse = money.purses[number]
        gifts[turn] = data.draw(st.integers(0, purse.here - sum(purse.agreed) - sum(purse.ruled)))
        money.given_too(number, gifts[turn])
    taken = data.draw(st.integers(0, money.purses[lost].captured))
    acts: list[Callable[[Money], None]] = [
        lambda one: one.heard(lost, taken=taken),
        lambda one: one.taken_back(len(one.purses) - 1),
        lambda one: one.dropped(number),
    ]
    ends = set()
    for order in permutations(range(3)):
        one = replace(money, purses=list(money.purses))
        for act in order:
            acts[act](one)
            one.assert_no_more_than_is_there()
        ends.add(one.gone)
    assert len(ends) == 1


def test_cash_that_never_came_and_a_gift_on_top_come_to_the_same_in_either_order() -> None:
    """Of £45 online and £15 cash the policy sent £15 and owes £15; £10 is given on top, and the cash never came."""
    online, cash = Purse(captured=4500, firm=1500), Purse(captured=1500, ruled=[1500])
    for gift in ({"agreed": [1000], "beside": 1000}, {"firm": 2500, "beside": 1000}):
        with_gift = replace(online, **gift)
        on_top = on_top_of_rules([with_gift, cash], 3000)
        assert on_top == 1000
        [share] = topped_up([with_gift], 2250, on_top=on_top)
        assert share.more == 750
    [share] = topped_up([online], 2250)
    assert share.more == 750


def test_the_policys_share_is_of_the_visit_and_rounded_for_the_clinic() -> None:
    assert kept_by_policy(price=3000, captured=6000, percent_back=50) == 1500
    assert kept_by_policy(price=4500, captured=1000, percent_back=33) == 670
    assert owed(captured=6000, gone=4000, keeps=3000) == 0


def test_what_waits_for_a_second_officer_is_a_part_of_what_the_rules_give() -> None:
    [share] = topped_up([Purse(captured=24_000, asked=[24_000])], 12_000)
    assert (share.more, list(share.asked)) == (12_000, [12_000])
    [share] = topped_up([Purse(captured=4500, asked=[4000])], 2250)
    assert (share.more, list(share.asked)) == (2250, [1750])
    [share] = topped_up([Purse(captured=4500, asked=[1500])], 2250)
    assert (share.more, list(share.asked)) == (2250, [1500])


def test_what_an_officer_gave_on_top_of_the_policys_share_takes_nothing_of_it() -> None:
    """Of £45 the policy owes half and an officer gives the other; then a bank takes £1: all the rest goes back."""
    [share] = fitted([Purse(captured=4500, taken=100, agreed=[2250], ruled=[2250], just_gone=100, beside=2250)], 2250)
    assert (list(share.agreed), list(share.ruled)) == ([2250], [2150])


def test_nor_does_it_once_it_is_sent() -> None:
    """Of £60 by two payments the policy owes half, and the officer's other half has gone: nothing less is promised."""
    cash, card = (
        Purse(captured=4500, firm=4500, beside=3000),
        Purse(captured=1500, taken=100, ruled=[1500], just_gone=100),
    )
    assert [list(share.ruled) for share in fitted([cash, card], 3000)] == [[], [1400]]
    by_hand = Purse(captured=4500, firm=2350, beside=2250, ruled=[2250], just_gone=100)
    assert [list(share.ruled) for share in fitted([by_hand], 2250)] == [[2150]]


def test_of_what_the_policy_only_topped_up_as_much_less_is_owed_as_the_bank_gave() -> None:
    [share] = fitted([Purse(captured=4500, taken=100, agreed=[1000], ruled=[1250], just_gone=100)], 2250)
    assert (list(share.agreed), list(share.ruled)) == ([1000], [1150])

from __future__ import annotations

from itertools import product

import pytest

from booking.states import LIVE, TRANSITIONS, Status, assert_can_move
from common.errors import Conflict

# Written out once more, from domain.md, so that a change of the table is noticed.
ALLOWED = {
    ("pending", "booked"),
    ("pending", "cancelled"),
    ("pending", "entered-in-error"),
    ("booked", "booked"),
    ("booked", "arrived"),
    ("booked", "fulfilled"),
    ("booked", "cancelled"),
    ("booked", "noshow"),
    ("booked", "entered-in-error"),
    ("arrived", "booked"),
    ("arrived", "fulfilled"),
    ("arrived", "entered-in-error"),
    ("fulfilled", "entered-in-error"),
    ("noshow", "fulfilled"),
    ("noshow", "cancelled"),
    ("noshow", "entered-in-error"),
    ("cancelled", "booked"),
    ("cancelled", "entered-in-error"),
}


@pytest.mark.parametrize(("current", "target"), list(product(Status, Status)))
def test_every_pair(current: Status, target: Status) -> None:
    if (current.value, target.value) in ALLOWED:
        assert_can_move(current, target)
        return
    with pytest.raises(Conflict) as refused:
        assert_can_move(current.value, target)
    assert (refused.value.code, refused.value.data) == ("illegal_transition", {"current": current.value})


def test_the_table_knows_every_state() -> None:
    assert set(TRANSITIONS) == set(Status)


def test_what_is_live_takes_time() -> None:
    assert {Status.PENDING, Status.BOOKED, Status.ARRIVED, Status.FULFILLED} == LIVE

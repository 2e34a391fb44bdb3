from __future__ import annotations

from itertools import product

import pytest

from common.errors import Conflict
from verification.states import (
    BY_FILE,
    DECIDED,
    EXPIRING,
    OPEN,
    REFUSED,
    REOPENABLE,
    REQUIRED,
    TRANSITIONS,
    ItemKind,
    ItemStatus,
    Status,
    assert_can_move,
    assert_item_can_move,
)

ALLOWED = {
    (Status.DRAFT, Status.PENDING),
    (Status.DRAFT, Status.SUSPENDED),
    (Status.PENDING, Status.VERIFIED),
    (Status.PENDING, Status.REJECTED),
    (Status.PENDING, Status.SUSPENDED),
    (Status.VERIFIED, Status.SUSPENDED),
    (Status.VERIFIED, Status.EXPIRED),
    (Status.REJECTED, Status.PENDING),
    (Status.SUSPENDED, Status.PENDING),
    (Status.EXPIRED, Status.PENDING),
    (Status.EXPIRED, Status.SUSPENDED),
}


@pytest.mark.parametrize(("current", "target"), list(product(Status, Status)))
def test_every_pair_of_states_moves_exactly_where_the_machine_has_an_arrow(current: Status, target: Status) -> None:
    if (current, target) in ALLOWED:
        assert_can_move(current, target)
        return
    with pytest.raises(Conflict) as refusal:
        assert_can_move(current, target)
    assert refusal.value.code == "illegal_transition"
    assert refusal.value.data == {"current": current.value}


def test_the_named_groups_of_states_follow_from_the_machine() -> None:
    assert frozenset(Status) == OPEN | DECIDED
    assert OPEN.isdisjoint(DECIDED)
    assert {status for status in DECIDED if Status.PENDING in TRANSITIONS[status]} == REOPENABLE
    assert REFUSED < REOPENABLE


ITEM_ALLOWED = {
    (ItemStatus.EMPTY, ItemStatus.PROVIDED),
    (ItemStatus.EMPTY, ItemStatus.ASKED),
    (ItemStatus.EMPTY, ItemStatus.ACCEPTED),
    (ItemStatus.PROVIDED, ItemStatus.EMPTY),
    (ItemStatus.PROVIDED, ItemStatus.ASKED),
    (ItemStatus.PROVIDED, ItemStatus.ACCEPTED),
    (ItemStatus.ASKED, ItemStatus.PROVIDED),
    (ItemStatus.ASKED, ItemStatus.ACCEPTED),
    (ItemStatus.ACCEPTED, ItemStatus.PROVIDED),
    (ItemStatus.ACCEPTED, ItemStatus.ASKED),
    (ItemStatus.ACCEPTED, ItemStatus.EMPTY),
}


@pytest.mark.parametrize(("current", "target"), list(product(ItemStatus, ItemStatus)))
def test_every_pair_of_an_items_states_moves_exactly_where_its_machine_has_an_arrow(
    current: ItemStatus, target: ItemStatus
) -> None:
    if (current, target) in ITEM_ALLOWED:
        assert_item_can_move(current, target)
        return
    with pytest.raises(Conflict) as refusal:
        assert_item_can_move(current, target)
    assert refusal.value.code == "illegal_transition"
    assert refusal.value.data == {"current": current.value}


def test_what_runs_out_is_shown_by_a_file_and_what_is_required_is_a_kind() -> None:
    assert EXPIRING <= BY_FILE
    assert frozenset(ItemKind) >= REQUIRED | BY_FILE

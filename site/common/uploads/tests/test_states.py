from __future__ import annotations

import itertools

import pytest

from common.errors import Conflict
from common.uploads.states import TRANSITIONS, UploadState, assert_can_move

ARROWS = {
    (UploadState.QUARANTINED, UploadState.CURRENT),
    (UploadState.QUARANTINED, UploadState.INFECTED),
    (UploadState.QUARANTINED, UploadState.UNREADABLE),
}


@pytest.mark.parametrize(("current", "target"), list(itertools.product(UploadState, repeat=2)))
def test_every_pair_is_an_arrow_or_refused_with_where_it_stands(current: UploadState, target: UploadState) -> None:
    if (current, target) in ARROWS:
        assert_can_move(current, target)
        return
    with pytest.raises(Conflict) as refused:
        assert_can_move(current, target)
    assert refused.value.data == {"current": current.value}


def test_the_table_names_every_state() -> None:
    assert set(TRANSITIONS) == set(UploadState)

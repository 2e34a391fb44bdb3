from __future__ import annotations

import pytest
from django.db.models import Q

from common.keyset import beyond, key_page


@pytest.mark.parametrize(
    ("found", "settings", "rows", "has_previous", "has_next"),
    [
        ([], {}, [], False, False),
        ([1, 2], {}, [1, 2], False, False),
        ([1, 2, 3], {}, [1, 2], False, True),
        ([3, 4], {"has_edge": True}, [3, 4], True, False),
        ([3, 4, 5], {"has_edge": True}, [3, 4], True, True),
        ([], {"has_edge": True}, [], False, False),
        ([2, 1], {"is_backwards": True}, [1, 2], False, True),
        ([3, 2, 1], {"is_backwards": True}, [2, 3], True, True),
        ([], {"is_backwards": True}, [], False, False),
    ],
)
def test_a_page_knows_its_neighbours(
    found: list[int],
    settings: dict[str, bool],
    rows: list[int],
    has_previous: bool,  # noqa: FBT001
    has_next: bool,  # noqa: FBT001
) -> None:
    page = key_page(found, 2, **settings)
    assert (page.rows, page.has_previous, page.has_next) == (rows, has_previous, has_next)


def test_no_more_is_read_than_a_page_needs() -> None:
    read = iter(range(10))
    key_page(read, 2)
    assert next(read) == 3


@pytest.mark.parametrize("is_rising", [True, False])
def test_an_edge_is_said_for_the_index_too(is_rising: bool) -> None:  # noqa: FBT001
    side = "gt" if is_rising else "lt"
    said = beyond({"start": 5, "pk": 7}, is_rising=is_rising)
    assert dict(child for child in said.children if isinstance(child, tuple)) == {f"start__{side}e": 5}
    [either] = [child for child in said.children if isinstance(child, Q)]
    assert either.connector == "OR"
    assert either.children == [(f"start__{side}", 5), (f"pk__{side}", 7)]

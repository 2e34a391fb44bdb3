from __future__ import annotations

import json

import pytest

from integrations.nhs.levels import Level, asked_for, level_given


def test_what_is_asked_for_names_two_factors_in_each_way() -> None:
    assert json.loads(asked_for(Level.P9)) == ["P9.Cp.Cd", "P9.Cp.Ck", "P9.Cm"]


@pytest.mark.parametrize(
    ("vot", "asked", "given"),
    [
        ("P0.Cp.Cd", Level.P0, Level.P0),
        ("P9.Cp.Cd", Level.P0, Level.P9),
        ("P5.Cm", Level.P5, Level.P5),
        ("P9.Cp.Cd.Cm", Level.P9, Level.P9),
        ("P5.Cp.Cd", Level.P9, None),
        ("P0.Cp.Cd", Level.P5, None),
        ("P9.Cp", Level.P9, None),
        ("P9.Cd", Level.P9, None),
        ("P9", Level.P9, None),
        ("Cp.Cd", Level.P0, None),
        ("P0.P9.Cp.Cd", Level.P9, None),
        ("P10.Cp.Cd", Level.P9, None),
        ("P9.Cp.Cp.Cd", Level.P9, None),
        ("", Level.P0, None),
        (None, Level.P0, None),
        (["P9.Cp.Cd"], Level.P9, None),
    ],
)
def test_a_vector_counts_only_where_it_was_asked_for(vot: object, asked: Level, given: Level | None) -> None:
    assert level_given(vot, asked) == given

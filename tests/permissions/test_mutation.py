"""The control of the matrix: where one policy or rule says "yes" to everybody, the matrix complains.

Without it a matrix that asks too little would pass for ever.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.permissions.matrix.asking import Asker
from tests.permissions.matrix.judging import Matrix
from tests.permissions.matrix.mutating import Mutation, mutated, policies
from tests.permissions.matrix.mutations import NOTICED
from tests.permissions.matrix.routes import all_routes
from tests.permissions.matrix.unnoticed import UNNOTICED

METHODS = ("POST", "GET")


def complaints(asker: Asker, mutation: Mutation) -> Iterator[str]:
    matrix = Matrix(asker)
    for route in all_routes():
        if route.key == mutation.route:
            yield from matrix.problems(mutation.who, route, METHODS)


def test_every_policy_is_mutated_or_named_with_a_reason() -> None:
    named = {mutation.name for mutation in NOTICED} | UNNOTICED.keys()
    assert sorted(policies().keys() - named) == []
    assert sorted(UNNOTICED.keys() - policies().keys()) == []
    assert UNNOTICED.keys() & {mutation.name for mutation in NOTICED} == set()


@pytest.mark.parametrize("mutation", NOTICED, ids=lambda one: one.name)
def test_the_matrix_notices_a_policy_that_says_yes(asker: Asker, mutation: Mutation) -> None:
    """One complaint is enough. That there is none without the mutation is what the matrix itself asks of everybody."""
    with mutated(mutation) as own:
        found = next(complaints(asker, mutation), None)
    assert found, f"{mutation.name} lets everybody in, and {mutation.who} at {mutation.route} shows nothing of it"
    assert own == {one: one.__code__ for one in own}, "the control itself has left something behind"

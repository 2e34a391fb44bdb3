"""Every route × person × method × owner, generated from the URL resolver, with *denied* expected (quality.md).

What is allowed, and why, stands in `matrix/table.py` alone.
"""

from __future__ import annotations

import pytest

from tests.permissions.matrix.arguments import Arguments
from tests.permissions.matrix.asking import Asker
from tests.permissions.matrix.judging import Matrix
from tests.permissions.matrix.people import Who
from tests.permissions.matrix.routes import Route, all_routes
from tests.permissions.matrix.table import TABLE, rows_of, unused

AREAS = {
    "site": lambda route: not route.pattern.startswith(("/api/", "/admin/", "/django-admin/")),
    "api": lambda route: route.is_api,
    "admin": lambda route: route.pattern.startswith("/admin/"),
    "django-admin": lambda route: route.pattern.startswith("/django-admin/"),
}


def routes_in(area: str) -> list[Route]:
    return [route for route in all_routes() if AREAS[area](route)]


def test_every_route_has_a_row() -> None:
    """A new route is closed to everybody until somebody has said here who may come, and why."""
    assert [route.key for route in all_routes() if not rows_of(route.key)] == []


def test_every_row_has_a_route_and_a_reason() -> None:
    assert unused(route.key for route in all_routes()) == []
    assert [one.routes for one in TABLE if not one.why] == []


def test_every_place_in_an_address_is_filled(asker: Asker) -> None:
    arguments = Arguments(asker.world)
    assert {route.key: places for route in all_routes() if (places := arguments.unknown(route))} == {}


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("who", Who)
def test_only_what_the_table_names_is_open(asker: Asker, who: Who, area: str) -> None:
    matrix = Matrix(asker)
    problems = [problem for route in routes_in(area) for problem in matrix.problems(who, route)]
    assert not problems, "\n".join(problems)

"""The parts of `make screenshots` that need neither a demo nor a browser."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from devtools.pages import PATIENT, PEOPLE, VISITOR, filled
from devtools.screenshots import USUAL, Taken, View, fill, sheet, views, wanted

ANSWERS = {"/list/": '<a href="/things/3f/">', "/things/3f/": '<a href="/parts/77/">', "/none/": "nothing"}


def a_page_that_reads(asked: list[str]) -> Any:
    def get(path: str) -> Any:
        asked.append(path)
        return SimpleNamespace(text=lambda: ANSWERS[path])

    return SimpleNamespace(request=SimpleNamespace(get=get))


def test_every_page_has_a_name_of_its_own_and_every_place_is_found_somewhere() -> None:
    for person in PEOPLE:
        every = list(views(person))
        assert len({view.name for view in every}) == len(every), person.name
        filled(person.everything, **person.finds)
        filled({place: on for place, (on, _) in person.finds.items()}, **person.finds)
    names = [person.name for person in PEOPLE]
    assert len(set(names)) == len(names)


def test_a_path_is_filled_by_following_links_each_read_once() -> None:
    asked: list[str] = []
    finds = {"thing": ("/list/", r"/things/(\w+)/"), "part": ("/things/{thing}/", r"/parts/(\w+)/")}
    read: dict[str, str] = {}
    page = a_page_that_reads(asked)

    assert fill("/parts/{part}/of/{thing}/", finds, read, page) == "/parts/77/of/3f/"
    assert fill("/parts/{part}/", finds, read, page) == "/parts/77/"

    assert sorted(asked) == ["/list/", "/things/3f/"]


def test_sample_data_without_the_thing_are_told_of() -> None:
    with pytest.raises(LookupError, match="nothing on /none/ leads to a thing"):
        fill("/things/{thing}/", {"thing": ("/none/", r"/things/(\w+)/")}, {}, a_page_that_reads([]))


@pytest.mark.parametrize(
    ("patterns", "chosen"),
    [([], True), (["home"], True), (["visitor"], True), (["ho*"], True), (["doctor", "kit"], False)],
)
def test_pages_are_chosen_by_their_name_or_by_who_looks(patterns: list[str], chosen: bool) -> None:  # noqa: FBT001
    assert wanted(View("visitor", "home", "/"), patterns) is chosen


def test_the_sheet_shows_every_picture_beside_those_of_the_same_page() -> None:
    view = View(VISITOR.name, "search", "/search/?q=<b>&x")
    other = View(PATIENT.name, "gone", "/x/")
    taken = [Taken(view, shape, f"search-{shape.name}.png", 200) for shape in USUAL]

    shown = sheet([*taken, Taken(other, USUAL[0], "gone.png", 404)])

    assert shown.count("<img") == len(USUAL) + 1
    assert shown.count("<section") == 2
    assert "patient: gone (404)" in shown
    assert "<b>" not in shown

from __future__ import annotations

import pytest
from django.db import connection

from doctors.models import Specialty
from doctors.selectors.words import likeness, readings_of, told, town_like


def specialty(pk: int, name: str, *words: str) -> Specialty:
    made = Specialty(pk=pk, name=name)
    made.search_words = list(words)  # type: ignore[attr-defined]
    return made


HEARTS = specialty(1, "Cardiology", "heart", "chest pain", "palpitations", "high blood pressure")
BONES = specialty(2, "Bones, joints and sport", "knee", "back pain")
FAMILY = specialty(3, "General practice", "high blood pressure", "GP")


def read(text: str) -> list[tuple[str, tuple[int, ...], bool]]:
    readings = readings_of(told(text), [HEARTS, BONES, FAMILY])
    return [(reading.typed, reading.specialty_ids, reading.is_guess) for reading in readings]


@pytest.mark.parametrize("text", ["heart", "HEART", " heart ", "palpit", "Cardiology", "cardio", "chest pain", "chest"])
def test_a_condition_or_its_beginning_leads_to_the_specialty(text: str) -> None:
    assert [(ids, is_guess) for _, ids, is_guess in read(text)] == [((1,), False)]


def test_words_of_several_specialties_lead_to_all_of_them() -> None:
    assert read("high blood pressure") == [("high blood pressure", (1, 3), False)]
    assert read("pain") == [("pain", (1, 2), False)]


@pytest.mark.parametrize("text", ["palpatations", "hart pane", "chest pane", "cardiolgy", "Palpitatoins"])
def test_slips_are_only_a_guess(text: str) -> None:
    if text == "hart pane":
        assert read(text) == [("hart", (), False), ("pane", (), False)]
    else:
        assert read(text) == [(text, (1,), True)]


@pytest.mark.parametrize("text", ["rees", "ha", "%", "''", "ca"])
def test_what_is_neither_is_taken_for_a_name(text: str) -> None:
    assert read(text) == [(text, (), False)]


def test_names_and_conditions_stand_beside_each_other() -> None:
    assert read("rees heart") == [("rees", (), False), ("heart", (1,), False)]
    assert read("high blood pressure rees") == [("high blood pressure", (1, 3), False), ("rees", (), False)]


def test_words_around_a_name_or_condition_narrow_nothing() -> None:
    assert read("Dr Rees") == [("Rees", (), False)]
    assert read("pain in the chest") == [("pain chest", (1,), False)]
    assert read("bones joints and sport") == [("bones joints sport", (2,), False)]
    assert read("doctor") == [("doctor", (), False)]


@pytest.mark.parametrize(
    ("typed", "town"),
    [
        ("Lodnon", "London"),
        ("Edinbrugh", "Edinburgh"),
        ("brsitol", "Bristol"),
        ("Sheffeild", "Sheffield"),
        ("Bth", "Bath"),
        ("Manchster", "Manchester"),
        ("cough", ""),
        ("hearing", ""),
        ("Walsh", ""),
        ("x" * 200, ""),
    ],
)
def test_a_town_is_known_by_a_slip_and_by_letters_that_have_changed_places(typed: str, town: str) -> None:
    assert town_like(typed) == town


@pytest.mark.django_db
@pytest.mark.parametrize("pair", [("palpatations", "palpitations"), ("chest pane", "chest pain"), ("a", "b")])
def test_likeness_is_the_databases(pair: tuple[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT similarity(%s, %s)", pair)
        assert cursor.fetchone()[0] == pytest.approx(likeness(*pair))

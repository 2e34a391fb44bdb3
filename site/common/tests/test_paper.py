"""Names on what is printed: it is kept for years, so nobody may be called otherwise on it."""

from __future__ import annotations

import pytest

from common.paper import Page


def as_printed(name: str) -> str:
    with Page(title="") as page:
        page.words("Patient")
        return page.normalize_text(name)


@pytest.mark.parametrize("name", ["Łukasz Ōno", "Nguyễn Thị Ánh", "Αλέξης Παπαδόπουλος", "Жанна Д’Арк", "Müller–Šimić"])
def test_a_name_is_printed_in_its_own_letters(name: str) -> None:
    assert as_printed(name) == name


def test_a_letter_that_cannot_be_printed_leaves_a_mark() -> None:
    assert as_printed("Li 李小龍") == "Li ???"


def test_only_the_accent_goes_where_only_that_is_missing() -> None:
    assert as_printed("Ḝ\U0001d400") == "ḜA"

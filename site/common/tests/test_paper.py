"""Names on what is printed: a receipt is kept for years, so nobody may be called otherwise on it."""

from __future__ import annotations

import pytest

from common.paper import Page


@pytest.mark.parametrize("name", ["Łukasz Ōno", "Nguyễn Thị Ánh", "Αλέξης Παπαδόπουλος", "Жанна Д’Арк", "Müller–Šimić"])
def test_a_name_is_printed_in_its_own_letters(name: str) -> None:
    page = Page(title="")
    assert page.normalize_text(name) == name
    missing = [letter for letter in name if not any(ord(letter) in font.cmap for font in page.fonts.values())]
    assert missing == []


def test_a_letter_that_cannot_be_printed_leaves_a_mark() -> None:
    assert Page(title="").normalize_text("Li 李小龍") == "Li ???"

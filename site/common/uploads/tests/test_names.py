from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.uploads.models import NAME_MAX_LENGTH, MediaType
from common.uploads.names import SUFFIXES, cleaned_name, name_for, suffix_of


@given(raw=st.text(max_size=150), media_type=st.sampled_from(MediaType))
def test_whatever_a_file_is_called_its_name_is_one_short_visible_line(raw: str, media_type: MediaType) -> None:
    name = name_for(cleaned_name(raw), media_type)

    assert 0 < len(name) <= NAME_MAX_LENGTH
    assert name.endswith(SUFFIXES[media_type])
    assert not {"/", "\\"} & set(name)
    assert not {one for one in name if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    assert name == name.strip()
    assert not name.startswith(".")


@given(raw=st.text(max_size=150), media_type=st.sampled_from(MediaType))
def test_name_that_was_cleaned_is_not_changed_again(raw: str, media_type: MediaType) -> None:
    name = name_for(cleaned_name(raw), media_type)
    assert name_for(cleaned_name(name), media_type) == name


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("cv.pdf", ".pdf"),
        ("cv.PDF", ".pdf"),
        ("cv.tar.gz", ".gz"),
        ("Dr. Hughes", ""),
        ("Letter of 3.11.2026", ".2026"),
        ("version 1.2 final draft", ""),
        (".pdf", ""),
        ("cv.", ""),
        ("cv", ""),
    ],
)
def test_ending_is_what_a_name_claims_to_be(name: str, suffix: str) -> None:
    assert suffix_of(name) == suffix


@pytest.mark.parametrize(
    ("name", "media_type", "stored"),
    [
        ("me.jpeg", MediaType.JPEG, "me.jpeg"),
        ("me.JPG", MediaType.JPEG, "me.jpg"),
        ("me.png", MediaType.JPEG, "me.jpg"),
        ("Zoë’s licence", MediaType.PDF, "Zoë’s licence.pdf"),
    ],
)
def test_name_ends_in_what_the_file_is(name: str, media_type: MediaType, stored: str) -> None:
    assert name_for(name, media_type) == stored


def test_what_browsers_write_in_other_letters_is_read_as_it_was() -> None:
    assert cleaned_name("the %22big%22 one%0D%0A.pdf") == 'the "big" one .pdf'
    assert cleaned_name("100%20.pdf") == "100%20.pdf"

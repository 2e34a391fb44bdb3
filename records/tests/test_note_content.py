"""The difference of two versions: word by word, whole whichever way it is found, and never long in coming."""

from __future__ import annotations

from difflib import SequenceMatcher
from types import SimpleNamespace
from typing import Any

import pytest

from records import note_content as module
from records.note_content import COMPARED_AT_MOST, TEXT_LENGTH, NoteContent, Run, difference
from records.presentation import shown
from records.selectors import Reading


def runs(old: str, new: str) -> list[Run]:
    return difference(NoteContent(summary=old), NoteContent(summary=new))["summary"]


def test_it_is_word_by_word() -> None:
    assert runs("Rest for a week", "Rest for one month") == [
        Run("equal", "Rest for "),
        Run("delete", "a"),
        Run("insert", "one"),
        Run("equal", " "),
        Run("delete", "week"),
        Run("insert", "month"),
    ]
    assert runs("", "New") == [Run("insert", "New")]


def made_slow(other: str) -> str:
    """As long as a part may be, every second word the same, and nothing in a row in common with `other`."""
    words = (f"x {other}{number:03}" for number in range(TEXT_LENGTH))
    return " ".join(words)[:TEXT_LENGTH]


OLD = [
    made_slow("u"),
    made_slow("u").replace(" x", "\nx"),
    "\n" * (TEXT_LENGTH - 1) + "u",
    "a " * (TEXT_LENGTH // 2 - 1) + "u",
    "same\n" + made_slow("u"),
]


@pytest.mark.parametrize("old", OLD)
def test_what_is_compared_is_bounded_and_both_texts_come_out_whole(old: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def counted(junk: None, one: list[str], other: list[str], **more: Any) -> SequenceMatcher[str]:
        asked.append(len(one) * len(other))
        return SequenceMatcher(junk, one, other, **more)

    monkeypatch.setattr(module, "SequenceMatcher", counted)
    new = "v" + old.replace("u", "w")
    found = runs(old, new)
    assert max(asked) <= COMPARED_AT_MOST
    assert "".join(run.text for run in found if run.kind != "insert") == old
    assert "".join(run.text for run in found if run.kind != "delete") == new


def test_a_word_in_a_long_text_is_still_found_as_a_word() -> None:
    old = made_slow("u")
    new = old.replace("u500", "changed")
    assert [run for run in runs(old, new) if run.kind != "equal"] == [Run("delete", "u500"), Run("insert", "changed")]


def test_only_the_latest_version_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ("one", "two", "three")
    version: Any = SimpleNamespace()
    readings = [Reading(version=version, content=NoteContent(summary=text)) for text in texts]
    latest, *earlier = shown(readings, for_patient=False)
    assert [run.text for run in latest.changes[0].runs] == ["two", "three"]
    assert [one.changes for one in earlier] == [[], []]

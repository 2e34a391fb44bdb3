from __future__ import annotations

from itertools import product

import pytest

from common.errors import Conflict
from records.note_content import content_of, difference, from_text, to_text
from records.states import TRANSITIONS, NoteStatus, Section, assert_can_move

ARROWS = {
    ("preliminary", "final"),
    ("preliminary", "entered-in-error"),
    ("final", "amended"),
    ("final", "entered-in-error"),
    ("amended", "amended"),
    ("amended", "entered-in-error"),
}


@pytest.mark.parametrize(("old", "new"), list(product(NoteStatus, NoteStatus)))
def test_the_machine_over_all_pairs(old: NoteStatus, new: NoteStatus) -> None:
    if (old.value, new.value) in ARROWS:
        assert_can_move(old, new)
        return
    with pytest.raises(Conflict) as refused:
        assert_can_move(old, new)
    assert refused.value.code == "illegal_transition"
    assert refused.value.data == {"current": old}
    assert new not in TRANSITIONS[old]


def test_a_content_survives_being_stored_and_knows_its_parts_alone() -> None:
    typed = {"reason": " one\r\ntwo ", "summary": "So", "status": "final", "plan": None}
    content = content_of(typed)
    assert from_text(to_text(content)) == content
    assert content.sections == {Section.REASON: "one\ntwo"}
    assert content.summary == "So"


def test_the_difference_names_what_went_and_what_came() -> None:
    changed = difference(content_of({"plan": "Rest for a week"}), content_of({"plan": "Rest for two weeks"}))
    assert list(changed) == ["plan"]
    runs = changed["plan"]
    assert "".join(run.text for run in runs if run.kind != "insert") == "Rest for a week"
    assert "".join(run.text for run in runs if run.kind != "delete") == "Rest for two weeks"
    assert {run.kind for run in runs} == {"equal", "insert", "delete"}

"""Which sections notes have: an administrator's to say, for what is written from then on, and for nothing signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from audit.models import Event
from booking.tests.factories import bookable_doctor
from common.errors import Conflict, Forbidden, Invalid
from doctors.models import Specialty
from doctors.tests.factories import SpecialtyFactory
from records.headings import USUAL
from records.models import NoteSection, VisitNote
from records.note_content import NoteContent, content_of
from records.presentation import changes_between, parts_of, shown
from records.selectors import (
    SectionSet,
    content_to_write,
    headings_to_write,
    is_whole,
    layout_of,
    readings_of,
    sections_of,
    sections_stamp,
    usual_sections,
)
from records.services import EXPORT_PARTS, note_save, note_sections_set
from records.tests.steps import amended, author, draft, save, sign, signed, visit

pytestmark = pytest.mark.django_db
LESIONS = SectionSet(
    key="", label="Lesions", patient_label="What the skin looks like", hint="Site, size", position=2, is_on=True
)


def administrator() -> User:
    return UserFactory.create(roles=[Role.ADMINISTRATOR])


def configure(specialty: Specialty, *sections: SectionSet, **more: Any) -> None:
    told = {"actor": administrator(), "seen": sections_stamp(sections_of(specialty)), **more}
    note_sections_set(specialty_id=specialty.pk, sections=sections, **told)


def without(*keys: str) -> list[SectionSet]:
    return [replace(one, is_on=one.key not in keys) for one in usual_sections()]


@pytest.fixture
def specialty() -> Specialty:
    made: Specialty = SpecialtyFactory.create(name="Dermatology")
    return made


@pytest.fixture
def note(specialty: Specialty) -> VisitNote:
    doctor = bookable_doctor()
    doctor.specialties.set([specialty])
    return draft(visit(doctor), plan="Rest", history="An old burn")


def labels(note: VisitNote) -> list[str]:
    return [one.label for one in headings_to_write(note, content_to_write(note))]


def test_a_specialty_without_sections_of_its_own_has_the_usual_six(note: VisitNote) -> None:
    assert layout_of(note.doctor) == USUAL
    assert "headings" not in note.draft


def test_what_is_set_is_what_notes_are_written_under(specialty: Specialty, note: VisitNote) -> None:
    configure(specialty, *without("examination"), LESIONS)
    assert [one.key for one in layout_of(note.doctor)] == [
        "reason", "history", "own_lesions", "assessment", "plan", "follow_up",
    ]  # fmt: skip
    assert layout_of(note.doctor)[2].hint == "Site, size"
    event = Event.objects.get(action="note_sections.changed")
    assert event.data == {"sections": ["reason", "history", "own_lesions", "assessment", "plan", "follow_up"]}
    assert NoteSection.objects.get(key="own_lesions").history.get().history_user is not None


def test_a_draft_keeps_what_stands_in_a_section_that_was_switched_off(specialty: Specialty, note: VisitNote) -> None:
    configure(specialty, *without("history"))
    assert labels(note)[-1] == "History"
    kept = save(note, history="An old burn, and a new one")
    assert content_to_write(kept).sections["history"] == "An old burn, and a new one"
    assert "History" not in labels(save(kept, history=""))


def test_what_was_typed_while_a_section_was_switched_off_is_kept(specialty: Specialty, note: VisitNote) -> None:
    configure(specialty, *usual_sections(), LESIONS)
    typed = content_of({"own_lesions": "Two on the arm"}, layout_of(note.doctor))
    configure(specialty, *[replace(one, is_on=one.key != "own_lesions") for one in sections_of(specialty)])
    saved = note_save(actor=author(note), note_id=note.public_id, version=note.draft_version, content=typed)
    assert content_to_write(saved).sections == {"own_lesions": "Two on the arm"}
    assert labels(saved)[-1] == "Lesions"


def test_a_service_keeps_no_section_that_nobody_knows(note: VisitNote) -> None:
    typed = NoteContent(sections={"own_nothing": "x", "plan": "Walk"}, headings=USUAL)
    saved = note_save(actor=author(note), note_id=note.public_id, version=note.draft_version, content=typed)
    assert content_to_write(saved).sections == {"plan": "Walk"}


def test_a_signed_note_keeps_its_headings_and_an_amendment_has_them_too(specialty: Specialty, note: VisitNote) -> None:
    configure(specialty, *without("examination"), LESIONS)
    layout = layout_of(note.doctor)
    typed = content_of({"own_lesions": "Two", "plan": "Cream"}, layout)
    sign(note_save(actor=author(note), note_id=note.public_id, version=note.draft_version, content=typed))
    [before] = shown(readings_of(note), for_patient=True)
    assert [part.label for part in before.parts] == ["What the skin looks like", "What was agreed"]

    changed = [
        replace(one, label="Skin", patient_label="Skin", is_on=one.key == "own_lesions")
        if one.key == "own_lesions"
        else replace(one, is_on=one.key == "reason")
        for one in sections_of(specialty)
    ]
    configure(specialty, *changed)
    note.refresh_from_db()
    readings = readings_of(note)
    assert is_whole(note, readings)
    assert shown(readings, for_patient=True)[0].parts == before.parts
    assert headings_to_write(note, content_to_write(note)) == layout

    more = content_of({"own_lesions": "Three", "plan": "Cream"}, layout)
    amended_note = sign(
        note_save(actor=author(note), note_id=note.public_id, version=note.draft_version, content=more),
        reason="Another",
    )
    [old, new] = [reading.content for reading in readings_of(amended_note)]
    assert old
    assert new
    assert [change.label for change in changes_between(old, new)] == ["Lesions"]
    assert new.headings == old.headings == layout


def test_a_note_of_before_there_were_headings_reads_as_it_did(specialty: Specialty, note: VisitNote) -> None:
    """Its text says nothing of headings, and is the same, byte by byte, as one under the usual six."""
    note = sign(note)
    configure(specialty, LESIONS)
    [reading] = readings_of(note)
    assert reading.content
    assert "headings" not in note.versions.get().payload
    assert [part.label for part in parts_of(reading.content, for_patient=False)] == [
        "Reason for the visit", "History", "Assessment", "Plan",
    ]  # fmt: skip
    assert amended(note, plan="Walk").version_count == 2


def test_the_digest_covers_the_headings(specialty: Specialty, note: VisitNote) -> None:
    configure(specialty, *usual_sections(), LESIONS)
    note = sign(save(note, plan="Cream"))
    version = note.versions.get()
    assert "What the skin looks like" in version.payload
    version.payload = version.payload.replace("What the skin looks like", "What the skin looked like")
    version.save()
    assert not is_whole(note, readings_of(note))


def test_what_is_signed_is_under_the_headings_of_the_draft(specialty: Specialty, note: VisitNote) -> None:
    """Also where an administrator changes them between reading and signing: it is what the doctor has read."""
    configure(specialty, *[replace(one, label=f"Old {one.label}") for one in usual_sections()])
    note = save(note, plan="Cream")
    configure(specialty, *[replace(one, label=one.label.replace("Old", "New")) for one in sections_of(specialty)])
    [reading] = readings_of(sign(note))
    assert reading.content
    assert [part.label for part in parts_of(reading.content, for_patient=False)][-1] == "Old Plan"


def test_the_same_text_under_new_headings_is_saved_and_never_clashes(specialty: Specialty, note: VisitNote) -> None:
    configure(specialty, *[replace(one, label=f"My {one.label}") for one in usual_sections()])
    old = note.draft_version
    same = content_to_write(note)
    saved = note_save(actor=author(note), note_id=note.public_id, version=old, content=same)
    assert saved.draft_version == old + 1
    again = note_save(actor=author(note), note_id=note.public_id, version=old, content=same)
    assert again.draft_version == saved.draft_version
    assert content_to_write(again).headings[0].label == "My Reason for the visit"


def test_a_doctor_of_two_specialties_has_the_sections_of_both(specialty: Specialty, note: VisitNote) -> None:
    other = SpecialtyFactory.create(name="Allergology")
    note.doctor.specialties.add(other)
    configure(specialty, *without("reason", "history", "examination", "assessment", "follow_up"), LESIONS)
    configure(other, replace(usual_sections()[0], label="Why now"))
    assert [one.label for one in layout_of(note.doctor)] == ["Why now", "Lesions", "Plan"]


def test_export_and_search_know_the_sections(specialty: Specialty, note: VisitNote) -> None:
    configure(specialty, *without("plan"), LESIONS, replace(LESIONS, label="Scars", patient_label="Scars"))
    typed = content_of({"own_lesions": "Two", "own_scars": "One"}, layout_of(note.doctor))
    note = sign(note_save(actor=author(note), note_id=note.public_id, version=note.draft_version, content=typed))
    assert note.patient.user
    part = next(one for one in EXPORT_PARTS if one.name == "Composition")
    [row] = part.rows(note.patient.user, note.patient)
    assert row["versions"][0]["sections"] == {"What the skin looks like": "Two", "Scars": "One"}


@pytest.mark.parametrize("role", [Role.CONTENT_EDITOR, Role.DOCTOR, Role.AUDITOR, Role.CLINIC_STAFF])
def test_nobody_else_sets_them(specialty: Specialty, role: Role) -> None:
    with pytest.raises(Forbidden):
        configure(specialty, LESIONS, actor=UserFactory.create(roles=[role]))
    assert not NoteSection.objects.exists()


def test_who_has_not_seen_what_is_set_writes_nothing_over(specialty: Specialty) -> None:
    seen = sections_stamp(sections_of(specialty))
    configure(specialty, *without("plan"))
    with pytest.raises(Conflict, match="Somebody else has changed"):
        configure(specialty, *without("history"), seen=seen)
    configure(specialty, *without("plan"), seen=seen)
    assert Event.objects.filter(action="note_sections.changed").count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ([replace(LESIONS, label=" ")], "0-label"),
        ([LESIONS, replace(LESIONS, patient_label="Other")], "1-label"),
        ([LESIONS, replace(LESIONS, label="Other")], "1-patient_label"),
        ([replace(LESIONS, hint="x" * 201)], "0-hint"),
        ([replace(LESIONS, is_on=False)], ""),
        ([replace(LESIONS, key="summary")], ""),
        ([replace(LESIONS, key="plan"), replace(LESIONS, key="plan", label="B", patient_label="B")], ""),
        ([replace(LESIONS, label=f"L{n}", patient_label=f"L{n}") for n in range(21)], ""),
    ],
)
def test_what_makes_no_note_is_refused(specialty: Specialty, wrong: list[SectionSet], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        configure(specialty, *wrong)
    assert list(refused.value.fields) == ([field] if field else [])
    assert not NoteSection.objects.exists()


def test_two_with_one_name_have_two_keys_and_the_usual_six_come_back(specialty: Specialty) -> None:
    configure(specialty, LESIONS, replace(LESIONS, is_on=False))
    assert [one.key for one in sections_of(specialty)][:2] == ["own_lesions", "own_lesions_2"]
    configure(specialty, *usual_sections())
    on = [one.heading for one in sections_of(specialty) if one.is_on]
    assert tuple(on) == USUAL


def _raw(specialty: Specialty, second: dict[str, Any] | None = None, **fields: Any) -> None:
    row = {"key": "own_x", "label": "X", "patient_label": "X", "position": 1, **fields}
    for one in [row] if second is None else [row, {**row, **second}]:
        NoteSection.objects.create(specialty=specialty, **one)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda one: _raw(one, key="summary"),
        lambda one: _raw(one, key="version"),
        lambda one: _raw(one, label=""),
        lambda one: _raw(one, {"position": 2}),
        lambda one: _raw(one, {"key": "plan"}),
    ],
    ids=["a field of the form", "another", "no label", "a key twice", "a place twice"],
)
def test_the_database_refuses_it_too(specialty: Specialty, wrong: Callable[[Specialty], None]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        wrong(specialty)


def test_signed_notes_of_everybody_stay_whole_whatever_is_set(specialty: Specialty, note: VisitNote) -> None:
    other = signed(plan="Unconcerned")
    configure(specialty, LESIONS)
    assert is_whole(other, readings_of(other))

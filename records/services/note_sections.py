"""Which sections the visit notes of a specialty have. It is configuration: no note is read or changed by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from audit.services import event_record
from common.errors import Conflict, Invalid
from common.history import sign
from doctors.models import Specialty
from records.locks import specialty_locked
from records.models import NoteSection
from records.models.note_sections import HINT_LENGTH, LABEL_LENGTH, OWN
from records.policies import assert_may_keep_note_sections
from records.selectors import SectionSet, sections_of, sections_stamp

MOST_SECTIONS = 20
_KEY_LENGTH = 30


@transaction.atomic
def note_sections_set(*, actor: User, specialty_id: int, seen: str, sections: Sequence[SectionSet]) -> Specialty:
    """Say which sections the notes of a specialty's doctors have from now on, in which order and under which labels.

    For administrators. `seen` is the `sections_stamp` of what they looked at. A section that is not named is switched
    off; the same again changes nothing. What is signed stays as it is, and so does what drafts hold.
    Raises `Forbidden`, `NotFound`, `Busy`, `Conflict` (`stale_sections`) and `Invalid` (`sections_invalid`, with
    fields such as `2-label`: the number of the section in `sections`, and what of it).
    """
    assert_may_keep_note_sections(actor)
    specialty = specialty_locked(specialty_id)
    stored = sections_of(specialty)
    wanted = _in_order(_named(sections, stored), stored)
    if wanted == stored:
        return specialty
    if seen != sections_stamp(stored):
        message = "Somebody else has changed these sections since you opened this page. Nothing was overwritten."
        raise Conflict("stale_sections", message)
    _assert_sound(sections, {one.key for one in stored})
    rows = {row.key: row for row in specialty.note_sections.all()}
    for one in wanted:
        row = rows.get(one.key)
        if row is None or vars(one) != {name: getattr(row, name) for name in vars(one)}:
            _write(row or NoteSection(specialty=specialty), one, actor)
    event_record("note_sections.changed", specialty, actor=actor, sections=[one.key for one in wanted if one.is_on])
    return specialty


def _write(row: NoteSection, one: SectionSet, actor: User) -> None:
    for name, value in vars(one).items():
        setattr(row, name, value)
    sign(row, actor)
    row.save()


def _named(sections: Sequence[SectionSet], stored: list[SectionSet]) -> list[SectionSet]:
    """With a key each, and tidy words; a new one is called by its label, and keeps the key for ever."""
    keys = {one.key for one in stored}
    named = []
    for one in sections:
        key = one.key or _free_key(one.label, keys)
        keys.add(key)
        label = one.label.strip()
        told = one.patient_label.strip() or label
        named.append(replace(one, key=key, label=label, patient_label=told, hint=one.hint.strip()))
    return named


def _free_key(label: str, taken: set[str]) -> str:
    wanted = OWN + (slugify(label).replace("-", "_")[:_KEY_LENGTH] or "section")
    numbered = (f"{wanted}_{number}" for number in range(2, len(taken) + 3))
    return next(key for key in (wanted, *numbered) if key not in taken)


def _in_order(given: list[SectionSet], stored: list[SectionSet]) -> list[SectionSet]:
    """Numbered from one; behind them what is not named, switched off."""
    keys = {one.key for one in given}
    others = [replace(one, is_on=False) for one in stored if one.key not in keys]
    ordered = [*sorted(given, key=lambda one: one.position), *others]
    return [replace(one, position=position) for position, one in enumerate(ordered, start=1)]


def _assert_sound(sections: Sequence[SectionSet], known: set[str]) -> None:
    keys = [one.key for one in sections if one.key]
    if not set(keys) <= known or len(set(keys)) < len(keys):
        raise Invalid("sections_invalid", "One of these sections is not this specialty’s. Open the page again.")
    fields = _problems(sections)
    if fields:
        raise Invalid("sections_invalid", "Look at the sections again.", fields=fields)
    if not any(one.is_on for one in sections):
        raise Invalid("sections_invalid", "A note needs at least one section.")
    if len(sections) > MOST_SECTIONS:
        raise Invalid("sections_invalid", f"At most {MOST_SECTIONS} sections.")


def _problems(sections: Sequence[SectionSet]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    seen: dict[str, set[str]] = {"label": set(), "patient_label": set()}
    for number, one in enumerate(sections):
        if not one.label.strip():
            fields[f"{number}-label"] = ["Say what it is called."]
        for name, most in (("label", LABEL_LENGTH), ("patient_label", LABEL_LENGTH), ("hint", HINT_LENGTH)):
            if len(getattr(one, name)) > most:
                fields[f"{number}-{name}"] = [f"Use at most {most} characters."]
        for name, used in seen.items() if one.is_on else ():
            word = (getattr(one, name).strip() or one.label.strip()).casefold()
            if word and word in used:
                fields[f"{number}-{name}"] = ["Another section is called that already."]
            used.add(word)
    return fields

"""The visit notes and shares of the world that the matrix asks about, and who is what to each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booking.tests.factories import bookable_doctor
from records.models import BreakGlass, RecordExport, RecordShare, VisitNote
from records.services import export_ask, export_build, glass_break, glass_end, record_share
from records.tests.steps import asked, draft, signed, visit
from tests.permissions.matrix.people import Who

if TYPE_CHECKING:
    from tests.permissions.matrix.world import World

WHO_TO_NOTES = {
    "a": {Who.DOCTOR_A: "author", Who.PATIENT_A: "patient", Who.COLLEAGUE: "second"},
    "b": {Who.DOCTOR_B: "author", Who.PATIENT_B: "patient"},
    "draft": {Who.DOCTOR_B: "author"},
}


def notes_in(world: World) -> dict[str, VisitNote]:
    """Of each patient one that is signed, of B one that is not; about A's a colleague is asked."""
    notes = {
        variant: kind(visit(doctor, patient), plan=f"canarynote{word}", summary=f"canarynote{word} in short")
        for variant, kind, doctor, patient, word in (
            ("a", signed, world.doctor_a, world.patient_a, "ofa"),
            ("b", signed, world.doctor_b, world.patient_b, "ofb"),
            ("draft", draft, world.doctor_b, world.patient_b, "draftofb"),
        )
    }
    asked(notes["a"], world.colleague)
    return notes


def shares_in(world: World) -> dict[str, RecordShare]:
    """Patient A lets the colleague read everything, B somebody who asks for nothing here."""
    outsider = bookable_doctor()
    return {
        variant: record_share(actor=world.people[who], doctor_id=doctor.public_id)
        for variant, who, doctor in (("a", Who.PATIENT_A, world.colleague), ("b", Who.PATIENT_B, outsider))
    }


def glasses_in(world: World) -> dict[str, BreakGlass]:
    """An administrator, and a doctor who asks for nothing here, have opened the record of a stranger."""
    stranger, outsider = world.visit_suspended.patient, bookable_doctor()
    who, reason = world.visit_suspended.reference, "canaryemergency of the stranger"
    people = {"a": world.people[Who.ADMINISTRATOR], "b": outsider.user}
    glasses = {
        variant: glass_break(actor=person, who=who, birth_date=stranger.birth_date, reason=reason)
        for variant, person in people.items()
        if person
    }
    # Ended, else every page of theirs counts down its minutes, no two answers are the same, and nobody reviews it yet.
    for glass in glasses.values():
        glass_end(actor=glass.user, glass_id=glass.public_id)
    return glasses


def exports_in(world: World) -> dict[str, RecordExport]:
    """Each patient has asked for everything about them, and it is ready."""
    exports = {v: export_ask(actor=world.people[who]) for v, who in (("a", Who.PATIENT_A), ("b", Who.PATIENT_B))}
    for export in exports.values():
        export_build(export_id=export.public_id)
    return exports

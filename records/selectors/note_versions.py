from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from common.fields import opened
from records.digests import digest_of
from records.models import NoteVersion, VisitNote
from records.note_content import NoteContent, from_payload


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A signed version, and what it says; None where its text or anything about its signature was changed."""

    version: NoteVersion
    content: NoteContent | None
    reason: str = ""

    @property
    def is_intact(self) -> bool:
        return self.content is not None


def signed_facts(version: NoteVersion, payload: dict[str, Any], *, previous: str) -> dict[str, Any]:
    """Everything that a signature covers, by names that last."""
    note = version.note
    return {
        "form": 1,
        "note": str(note.public_id),
        "appointment": str(note.appointment.public_id),
        "patient": str(note.patient.public_id),
        "doctor": str(note.doctor.public_id),
        "number": version.number,
        "payload": payload,
        "signed_at": version.signed_at.isoformat(),
        "signed_by": str(version.signed_by.public_id),
        "signer_name": version.signer_name,
        "signer_gmc_number": version.signer_gmc_number,
        "previous": previous,
    }


def readings_of(note: VisitNote) -> list[Reading]:
    """Every signed version, the first one first, each held against its digest and the version before."""
    return note_readings([note])[0]


def note_readings(notes: Sequence[VisitNote]) -> list[list[Reading]]:
    """As `readings_of`, of several in their order with one statement."""
    rows = NoteVersion.objects.filter(note__in=notes).select_related("signed_by").order_by("number")
    versions: dict[int, list[NoteVersion]] = {note.pk: [] for note in notes}
    for version in rows:
        versions[version.note_id].append(version)
    return [_readings(note, versions[note.pk]) for note in notes]


def _readings(note: VisitNote, versions: Sequence[NoteVersion]) -> list[Reading]:
    readings, previous = [], ""
    for number, version in enumerate(versions, start=1):
        version.note = note
        readings.append(_read(version, number, previous))
        previous = version.digest
    return readings


def _read(version: NoteVersion, number: int, previous: str) -> Reading:
    try:
        payload = json.loads(opened(version, "payload") or "")
        is_intact = digest_of(signed_facts(version, payload, previous=previous)) == version.digest
        if is_intact and version.number == number:
            return Reading(version=version, content=from_payload(payload), reason=payload["reason"])
    except (ValueError, KeyError, TypeError):
        pass
    return Reading(version=version, content=None)


def is_whole(note: VisitNote, readings: Sequence[Reading]) -> bool:
    """Whether every version is there and says what was signed."""
    return len(readings) == note.version_count and all(one.is_intact for one in readings)

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from audit.selectors import events_of, objects_of, patients_of
from common.stored_texts import unbound_texts, unreadable_texts
from records.models import Allergy, Prescription, VisitNote
from records.models.notes import NOTE_TEXTS
from records.models.prescriptions import PRESCRIPTION_TEXTS
from records.selectors import Reading, is_whole, reading_of, readings_of
from records.services.prescriptions.change import PRESCRIPTION_CHANGES

_BATCH = 500
_SIGNATURES = ("note.signed", "note.amended")


class Command(BaseCommand):
    """Holds every signed visit note and prescription against its signatures, and these against the audit log, which
    names each of them; names those that were changed or are gone, and fails if there are any. Of a prescription and of
    an allergy it also holds what became of it against the log, and of an allergy whose it is.

    It opens every other text that is stored encrypted too, in all apps: one that cannot be read in its place fails it
    as well. It tells how many are bound to no place yet. It says which by their public ids, and nothing of what stands
    in them. `audit_verify` says whether the log itself is whole.
    """

    help = "Verify that every signed visit note and prescription is as it was signed."

    def handle(self, *args: Any, **options: Any) -> None:
        notes, prescriptions = _notes_seen(), _prescriptions_seen()
        found = [f"Not as it was signed: visit note {name}" for name in notes.altered]
        found += [f"Not as it was signed: prescription {name}" for name in prescriptions.altered]
        altered = len(found)
        found += [f"Not as it was recorded: allergy {name}" for name in _allergies_altered()]
        found += [f"Cannot be read: {name}" for name in unreadable_texts()]
        for line in found:
            self.stderr.write(line)
        self._tell_what_is_unbound()
        if found:
            signed = notes.signed + prescriptions.signed
            raise CommandError(
                f"{altered} of {signed} signed notes and prescriptions are not as they were signed, and "
                f"{len(found) - altered} other texts are not as they were written."
            )
        self.stdout.write(
            f"{notes.signed} signed notes with {notes.versions} versions and {prescriptions.signed} signed "
            "prescriptions are as they were signed."
        )

    def _tell_what_is_unbound(self) -> None:
        name = "FIELD_ENCRYPTION_BOUND_ONLY"
        is_set = settings.FIELD_ENCRYPTION_BOUND_ONLY
        if unbound := unbound_texts():
            # With the setting on rotate_keys opens none of them either. It would bind one wherever somebody has put it.
            does = (
                "they were put there since, so find out how, and bind them (rotate_keys, with the setting off) only "
                "where an older backup was restored"
                if is_set
                else "run rotate_keys"
            )
            self.stderr.write(f"{unbound} stored texts are bound to no row and column yet: {does}.")
        elif not is_set:
            self.stderr.write(f"Every stored text is bound to its row and column: set {name} to true.")


@dataclass(frozen=True, kw_only=True)
class Seen:
    signed: int
    altered: list[str]
    versions: int = 0


def _notes_seen() -> Seen:
    signed = versions = 0
    suspect, known = [], set()
    for note in _notes().order_by("pk").iterator(chunk_size=_BATCH):
        readings = readings_of(note)
        signed, versions = signed + bool(readings), versions + len(readings)
        known.add(str(note.public_id))
        if not _is_as_signed(note, readings):
            suspect.append(note.pk)
    # What was signed while this ran is looked at again.
    again = _notes().filter(pk__in=suspect).order_by("pk")
    altered = [str(note.public_id) for note in again if not _is_as_signed(note, readings_of(note))]
    return Seen(signed=signed, versions=versions, altered=altered + _gone(VisitNote, _SIGNATURES[0], known))


def _notes() -> QuerySet[VisitNote]:
    return VisitNote.objects.select_related("appointment", "patient", "doctor").defer(*NOTE_TEXTS)


def _is_as_signed(note: VisitNote, readings: Sequence[Reading]) -> bool:
    """The note's own count can be lowered with its last version; the log still names that version."""
    logged = [event.data.get("digest") for event in events_of(note, actions=_SIGNATURES)]
    return is_whole(note, readings) and logged == [reading.version.digest for reading in readings]


def _prescriptions_seen() -> Seen:
    signed, suspect, known = 0, [], set()
    for prescription in _prescriptions().order_by("pk").iterator(chunk_size=_BATCH):
        signed += prescription.is_signed
        known.add(str(prescription.public_id))
        if not _stands_as_signed(prescription):
            suspect.append(prescription.pk)
    again = _prescriptions().filter(pk__in=suspect).order_by("pk")
    altered = [str(one.public_id) for one in again if not _stands_as_signed(one)]
    return Seen(signed=signed, altered=altered + _gone(Prescription, "prescription.signed", known))


def _prescriptions() -> QuerySet[Prescription]:
    return Prescription.objects.select_related("appointment", "patient", "doctor", "replaces").defer(
        *PRESCRIPTION_TEXTS
    )


def _stands_as_signed(prescription: Prescription) -> bool:
    """What was signed, and what became of it: a row that was made valid again behind the house's back is found."""
    logged = list(events_of(prescription, actions=PRESCRIPTION_CHANGES))
    reading = reading_of(prescription)
    if not logged:
        return not prescription.is_signed and reading.signature is None
    digest, status = logged[0].data.get("digest"), logged[-1].data.get("after")
    is_intact = reading.is_intact and reading.signature is not None and reading.signature.digest == digest
    return is_intact and prescription.status == status


def _allergies_altered() -> list[str]:
    """Those that are gone, that stand at another patient than the log says, that say of nothing what it is not borne,
    and those that were taken back, or not, without the log's saying so."""
    recorded = dict(patients_of("allergy.recorded"))
    known = {str(name) for name in Allergy.objects.values_list("public_id", flat=True).iterator()}
    altered = list(_otherwise(Allergy.objects.order_by("pk"), recorded))
    # What somebody records or takes back while this runs is looked at again.
    again = Allergy.objects.filter(public_id__in=altered).order_by("pk")
    return list(_otherwise(again, recorded)) + sorted(set(recorded) - known)


def _otherwise(allergies: QuerySet[Allergy], recorded: Mapping[str, UUID | None]) -> Iterator[str]:
    ended = set(objects_of("allergy.ended"))
    rows = allergies.values_list("public_id", "patient__public_id", "substance", "ended_at")
    for public_id, patient, substance, ended_at in rows.iterator():
        name = str(public_id)
        is_its_own = bool(substance) and recorded.get(name, patient) == patient
        if not is_its_own or (ended_at is not None) != (name in ended):
            yield name


def _gone(model: type[VisitNote | Prescription], signature: str, known: set[str]) -> list[str]:
    missing = {name for name in objects_of(signature) if name not in known}
    begun_since = model._default_manager.filter(public_id__in=missing).values_list("public_id", flat=True)
    return sorted(missing - set(map(str, begun_since)))

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from accounts.models import Patient, User
from audit.services import event_record
from common import clock
from common.errors import Forbidden, Invalid, NotFound
from common.fields import opened
from records.locks import allergy_locked, patient_locked
from records.models import Allergy
from records.policies import may_end_allergy, may_record_allergies
from records.selectors import allergies_visible_to, substance_of

SUBSTANCE_LENGTH, REACTION_LENGTH = 120, 200
MOST_ALLERGIES = 50


@transaction.atomic
def allergy_record(*, actor: User, patient: Patient, substance: str, reaction: str = "") -> Allergy:
    """Write down what a patient does not bear: they for themselves, or a doctor who sees them about now.

    The same again is answered like the first time. Another reaction to the same substance, or the same said by a
    doctor, takes the place of what stands; what a doctor has said, no patient replaces: theirs stands beside it.
    Raises `Forbidden`, `Busy` and `Invalid` (by field).
    """
    if not may_record_allergies(actor, patient):
        raise Forbidden("not_treating", "Only the patient and doctors who see them about now can record allergies.")
    patient = patient_locked(patient)
    name, effect = " ".join(substance.split()), " ".join(reaction.split())
    _assert_fits(name, effect)
    known = list(Allergy.objects.filter(patient=patient, ended_at=None))
    is_by_doctor = patient.user_id != actor.pk
    alike = [one for one in known if (substance_of(one) or "").casefold() == name.casefold()]
    for one in alike:
        if _says(one, effect, is_by_doctor=is_by_doctor):
            return one
    replaced = [one for one in alike if is_by_doctor or not one.is_by_doctor]
    effect = effect or next((said for one in replaced if (said := opened(one, "reaction"))), "")
    if len(known) - len(replaced) >= MOST_ALLERGIES:
        raise Invalid("too_many", f"At most {MOST_ALLERGIES} allergies can be recorded. Ask the clinic.")
    for one in replaced:
        _end(one, actor)
    allergy = Allergy.objects.create(
        patient=patient,
        substance=name,
        reaction=effect,
        recorded_by=actor,
        recorded_at=clock.now(),
        is_by_doctor=is_by_doctor,
    )
    event_record("allergy.recorded", allergy, actor=actor)
    return allergy


@transaction.atomic
def allergy_end(*, actor: User, allergy_id: UUID, patient: Patient | None = None) -> Allergy:
    """Take one back: it is kept, and warns of nothing any more. Again is answered like the first time.

    `patient` is whose it has to be, where the actor came to it by somebody's record.

    Patients take back what they recorded themselves; what a doctor recorded, a doctor who sees them about now does.
    Raises `NotFound`, `Forbidden` and `Busy`.
    """
    rows = Allergy.objects.filter(patient=patient) if patient else Allergy.objects.all()
    found = rows.filter(public_id=allergy_id).select_related("patient").first()
    if found is None or not (found.ended_at or allergies_visible_to(actor, found.patient).filter(pk=found.pk).exists()):
        raise NotFound
    allergy = allergy_locked(allergy_id)
    if not may_end_allergy(actor, allergy):
        if allergy.patient.user_id != actor.pk:
            raise NotFound
        raise Forbidden("by_a_doctor", "A doctor has recorded this. Ask them, or the clinic, if it is wrong.")
    if allergy.ended_at is None:
        _end(allergy, actor)
    return allergy


def _says(allergy: Allergy, reaction: str, *, is_by_doctor: bool) -> bool:
    """Whether it says so much already: a reaction that is not named takes away none that is."""
    is_told = not reaction or (opened(allergy, "reaction") or "").casefold() == reaction.casefold()
    return is_told and (allergy.is_by_doctor or not is_by_doctor)


def _end(allergy: Allergy, actor: User) -> None:
    allergy.ended_at = clock.now()
    allergy.save(update_fields=["ended_at"])
    event_record("allergy.ended", allergy, actor=actor)


def _assert_fits(substance: str, reaction: str) -> None:
    problems: dict[str, list[str]] = {}
    if not substance or len(substance) > SUBSTANCE_LENGTH:
        problems["substance"] = [f"Enter what it is, in at most {SUBSTANCE_LENGTH} characters."]
    if len(reaction) > REACTION_LENGTH:
        problems["reaction"] = [f"Use at most {REACTION_LENGTH} characters."]
    if problems:
        raise Invalid("allergy_invalid", "Some details need another look.", fields=problems)

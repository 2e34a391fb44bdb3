"""The prescriptions and allergies of the world that the matrix asks about, and who is what to each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booking.tests.steps import user_of
from records.models import Allergy, Prescription
from records.services import allergy_record
from records.tests.prescribing import AMOXICILLIN, rx_draft, rx_signed
from records.tests.steps import visit
from tests.permissions.matrix.people import Who

if TYPE_CHECKING:
    from tests.permissions.matrix.world import World

WHO_TO_PRESCRIPTIONS = {
    "a": {Who.DOCTOR_A: "author", Who.PATIENT_A: "patient", Who.COLLEAGUE: "sharee"},
    "b": {Who.DOCTOR_B: "author", Who.PATIENT_B: "patient"},
    "draft": {Who.DOCTOR_B: "drafter"},
}


def prescriptions_in(world: World) -> dict[str, Prescription]:
    """Of each patient one that is signed, of B one that is not."""
    return {
        variant: kind(visit(doctor, patient), {**AMOXICILLIN, "instructions": f"canaryrx{word}"})
        for variant, kind, doctor, patient, word in (
            ("a", rx_signed, world.doctor_a, world.patient_a, "ofa"),
            ("b", rx_signed, world.doctor_b, world.patient_b, "ofb"),
            ("draft", rx_draft, world.doctor_b, world.patient_b, "draftofb"),
        )
    }


def allergies_in(world: World) -> dict[str, Allergy]:
    return {
        variant: allergy_record(actor=user_of(patient), patient=patient, substance=f"canaryallergyof{variant}")
        for variant, patient in (("a", world.patient_a), ("b", world.patient_b))
    }

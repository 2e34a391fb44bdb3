"""Allergies: whose word stands where patient and doctor say something of the same substance, and who was warned."""

from __future__ import annotations

from typing import Any

import pytest

from booking.tests.steps import user_of
from common.errors import Conflict, Forbidden
from records import services
from records.models import Allergy
from records.tests.prescribing import allergic, prescriber, read, rx_draft, seen
from records.tests.steps import visit

pytestmark = pytest.mark.django_db


def test_what_a_doctor_says_of_an_allergy_is_kept_and_the_patient_takes_none_of_it_back() -> None:
    appointment = visit()
    patient, doctor = user_of(appointment.patient), user_of(appointment.doctor)
    facts: dict[str, Any] = {"patient": appointment.patient, "substance": "penicillin"}
    services.allergy_record(actor=patient, **facts)
    worse = services.allergy_record(actor=doctor, **facts, reaction="anaphylaxis")
    assert (worse.is_by_doctor, worse.reaction) == (True, "anaphylaxis")
    assert list(Allergy.objects.filter(ended_at=None)) == [worse]
    assert services.allergy_record(actor=doctor, **facts) == worse
    beside = services.allergy_record(actor=patient, **facts, reaction="rash")
    assert set(Allergy.objects.filter(ended_at=None)) == {worse, beside}
    with pytest.raises(Forbidden):
        services.allergy_end(actor=patient, allergy_id=worse.public_id)


def test_a_signature_names_the_warnings_in_spite_of_which_it_is_given() -> None:
    draft = rx_draft()
    allergic(draft.patient, "penicillin")
    first = seen(draft)
    allergic(draft.patient, "amoxicillin", "anaphylaxis")
    facts: dict[str, Any] = {"actor": prescriber(draft), "prescription_id": draft.public_id, "version": 1}
    facts["particulars_seen"] = read(draft)
    with pytest.raises(Conflict) as refused:
        services.prescription_sign(**facts, warnings_seen=first)
    assert refused.value.code == "warnings"
    assert services.prescription_sign(**facts, warnings_seen=seen(draft)).status == "active"

"""Allergies: whose word stands where patient and doctor say something of the same substance."""

from __future__ import annotations

from typing import Any

import pytest

from booking.tests.steps import user_of
from common.errors import Forbidden
from records import services
from records.models import Allergy
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

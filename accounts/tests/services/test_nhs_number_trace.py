from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import NhsNumberStatus, Patient, User
from accounts.services import nhs_number_trace
from accounts.tests.factories import PatientFactory
from audit.models import Event
from common import clock
from integrations.nhs import demographics
from integrations.nhs.sample_people import AWAY

pytestmark = pytest.mark.django_db

GRACE = {"family_name": "Tomlinson", "birth_date": date(1987, 4, 12), "nhs_number": "9991002375"}


@pytest.fixture(autouse=True)
def _sample(settings: Settings) -> None:
    settings.PDS_PROVIDER = "sample"


def stated(**fields: Any) -> tuple[User, Patient]:
    patient = PatientFactory.create(
        **GRACE | fields, nhs_number_status=NhsNumberStatus.STATED, nhs_number_status_at=clock.now()
    )
    assert patient.user
    return patient.user, patient


def traced(patient: Patient, actor: User) -> tuple[bool, str]:
    found = nhs_number_trace(actor=actor, patient_id=patient.public_id)
    patient.refresh_from_db()
    return found, patient.nhs_number_status


def test_a_number_of_that_name_and_birthday_is_traced_once() -> None:
    user, patient = stated(family_name="TOMLINSON")
    assert traced(patient, user) == (True, NhsNumberStatus.TRACED)
    assert traced(patient, user) == (False, NhsNumberStatus.TRACED)
    event = Event.objects.get(action="nhs_number.traced")
    assert (event.actor_id, event.patient_id, event.data) == (user.public_id, patient.public_id, {"status": "traced"})


@pytest.mark.parametrize(
    "fields",
    [{"family_name": "Powell"}, {"birth_date": date(1987, 4, 13)}, {"nhs_number": "9991003746"}, {"nhs_number": AWAY}],
)
def test_what_does_not_fit_stays_as_given(fields: dict[str, Any]) -> None:
    user, patient = stated(**fields)
    assert traced(patient, user) == (False, NhsNumberStatus.STATED)


def test_nobody_is_asked_where_the_installation_has_no_access(settings: Settings) -> None:
    settings.PDS_PROVIDER = ""
    user, patient = stated()
    assert traced(patient, user) == (False, NhsNumberStatus.STATED)


def test_an_answer_about_what_has_changed_meanwhile_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    user, patient = stated()
    answer = demographics.PROVIDERS["sample"]

    def slowly(asked: demographics.Demographics) -> demographics.Traced | None:
        Patient.objects.update(family_name="Powell")
        return answer(asked)

    monkeypatch.setitem(demographics.PROVIDERS, "sample", slowly)
    assert traced(patient, user) == (False, NhsNumberStatus.STATED)


def test_a_number_that_is_traced_for_another_account_stays_as_given() -> None:
    first, one = stated()
    assert traced(one, first)[0]
    second, other = stated()
    assert traced(other, second) == (False, NhsNumberStatus.STATED)

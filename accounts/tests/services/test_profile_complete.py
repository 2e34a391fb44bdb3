from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Gender, Patient, User
from accounts.policies import has_role
from accounts.roles import Role
from accounts.services import profile_complete
from accounts.tests.factories import PatientFactory, UserFactory
from audit.models import Event
from common import clock
from common.errors import Invalid

pytestmark = pytest.mark.django_db

DETAILS: dict[str, Any] = {
    "given_name": " Maya ",
    "family_name": "Okafor  Reid",
    "birth_date": date(1986, 3, 27),
    "phone": "07700 900123",
    "gender": Gender.FEMALE,
}


def test_a_first_profile_makes_the_person_a_patient() -> None:
    user = UserFactory(first_name="", last_name="")
    patient = profile_complete(actor=user, **DETAILS)

    assert (patient.given_name, patient.family_name) == ("Maya", "Okafor Reid")
    assert patient.phone == "+447700900123"
    fresh = User.objects.get(pk=user.pk)
    assert fresh.patient == patient
    assert str(fresh) == "Maya Okafor Reid"
    assert has_role(fresh, Role.PATIENT)
    assert list(Event.objects.order_by("id").values_list("action", flat=True)) == ["patient.created", "role.granted"]
    assert all("Maya" not in str(event.data) for event in Event.objects.all())


def test_a_second_time_changes_the_same_patient_and_keeps_the_older_version() -> None:
    patient = PatientFactory()
    changed = profile_complete(actor=patient.user, **{**DETAILS, "phone": "020 7946 0000"})

    assert changed.pk == patient.pk
    assert Patient.objects.count() == 1
    assert list(patient.history.values_list("phone", flat=True)) == ["+442079460000", "+447700900123"]
    assert list(Event.objects.values_list("action", flat=True)) == ["patient.changed"]


def test_nobody_is_changed_but_the_actor() -> None:
    other = PatientFactory(given_name="Ines")
    profile_complete(actor=UserFactory(), **DETAILS)
    other.refresh_from_db()
    assert other.given_name == "Ines"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("given_name", "   "),
        ("family_name", "x" * 81),
        ("phone", "12345"),
        ("gender", "dragon"),
        ("birth_date", clock.now().date() + timedelta(days=1)),
    ],
)
def test_a_bad_value_is_refused_by_its_field_and_nothing_is_written(field: str, value: Any) -> None:
    user = UserFactory()
    with pytest.raises(Invalid) as refused:
        profile_complete(actor=user, **{**DETAILS, field: value})
    assert list(refused.value.fields) == [field]
    assert not Patient.objects.exists()
    assert not Event.objects.exists()

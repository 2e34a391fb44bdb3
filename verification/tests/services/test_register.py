"""A look into the register: what is asked outside, and what is kept of the answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from audit.models import Event
from doctors.models import Doctor
from doctors.tests.factories import DoctorFactory
from integrations import registers
from integrations.registers import sample
from verification import services
from verification.models import RegisterCheck
from verification.services.register import names_agree
from verification.states import RegisterResult
from verification.tests.factories import CaseFactory, officer

pytestmark = pytest.mark.django_db


def look_up(**doctor: str) -> RegisterCheck:
    case = CaseFactory.create(doctor=DoctorFactory.create(**doctor))
    return services.register_look_up(actor=officer(), case_id=case.public_id)


def test_without_access_the_answer_is_to_look_by_hand(settings: Any) -> None:
    settings.REGISTER_PROVIDER = "manual"

    check = look_up(gmc_number="C7012345")

    assert (check.result, check.provider, check.has_licence) == (RegisterResult.MANUAL, "manual", None)
    with pytest.raises(registers.LookUpByHand) as by_hand:
        registers.look_up("C7012345")
    assert by_hand.value.url == "https://www.gmc-uk.org/registrants/7012345"


@pytest.mark.parametrize(
    ("number", "name", "result"),
    [
        ("9900101", ("Amara", "Okafor"), RegisterResult.MATCHES),
        ("9900101", ("Amara", "Osei"), RegisterResult.NAME_DIFFERS),
        ("7000001", ("Amara", "Okafor"), RegisterResult.NOT_FOUND),
        (sample.AWAY, ("Amara", "Okafor"), RegisterResult.AWAY),
    ],
)
def test_the_answer_becomes_a_result_a_number_and_a_time_and_no_more(
    settings: Any, number: str, name: tuple[str, str], result: RegisterResult
) -> None:
    settings.REGISTER_PROVIDER = "sample"

    check = look_up(gmc_number=number, given_name=name[0], family_name=name[1])

    check.refresh_from_db()
    assert (check.result, check.subject, check.provider) == (result, number, "sample")
    [event] = Event.objects.filter(action="register.looked_up")
    assert set(event.data) == {"doctor", "provider", "subject", "result"}


def test_the_register_is_asked_outside_any_transaction_of_ours(
    settings: Any, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> None:
    seen = []
    monkeypatch.setattr(registers, "look_up", lambda _number: seen.append(connection.in_atomic_block))

    assert look_up().result == RegisterResult.NOT_FOUND
    assert seen == [False]


@pytest.mark.parametrize(
    ("on_register", "agrees"),
    [
        ("Siobhan Kelly", True),
        ("KELLY, Siobhán Mary", True),
        ("Siobhán Keely", False),
        ("Kelly", False),
        ("", False),
    ],
)
def test_names_agree_without_accents_order_and_further_names(on_register: str, agrees: bool) -> None:  # noqa: FBT001
    assert names_agree(on_register, Doctor(given_name="Siobhán", family_name="Kelly")) is agrees

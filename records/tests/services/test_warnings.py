"""What a doctor is warned of before they sign: allergies, and what the patient would be given twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.errors import Conflict
from records import services
from records.models import Drug
from records.selectors import overview_of, warnings_for
from records.selectors.prescriptions import TAKEN_AFTER
from records.tests.prescribing import (
    AMOXICILLIN,
    DIAZEPAM,
    allergic,
    behind_its_back,
    items,
    prescriber,
    rx_draft,
    rx_sign,
    rx_signed,
)
from records.tests.steps import other_byte, visit

pytestmark = pytest.mark.django_db


def test_warnings_of_allergies_and_of_what_is_taken_already_are_to_be_seen() -> None:
    first = rx_signed()
    allergic(first.patient, "Penicillins", "rash")
    again = rx_draft(visit(first.doctor, first.patient), AMOXICILLIN, AMOXICILLIN)
    told = warnings_for(prescriber(again), again, items(AMOXICILLIN, AMOXICILLIN), now=clock.now())
    assert [one.kind for one in told] == ["allergy", "duplicate", "duplicate"]
    assert "rash" in told[0].text
    with pytest.raises(Conflict) as refused:
        rx_sign(again)
    assert refused.value.code == "warnings"
    assert rx_sign(again, warnings_seen=True).status == "active"


@pytest.mark.parametrize(
    ("taken", "drug", "is_warned"),
    [
        ("Amoxicillin", "AMOXICILLIN 500 mg capsules", True),
        ("Co-codamol", "Paracetamol", True),
        ("Co codamol", "Co-codamol", True),
        ("Codeine", "Dihydrocodeine", False),
        ("Housebalm 5 mg tablet", "housebalm  10 mg tablets", True),
        ("Housebalm tablets", "Otherbalm tablets", False),
        ("Amoxicillin", "Flucloxacillin", False),
        ("500 mg tablets", "10 mg capsules", False),
    ],
)
def test_what_is_given_twice_is_told_by_its_substance(taken: str, drug: str, *, is_warned: bool) -> None:
    for name in (taken, drug):
        Drug.objects.filter(name__iexact=name).exists() or Drug.objects.create(name=name)
    first = rx_signed(None, {**AMOXICILLIN, "drug": taken})
    again, wanted = rx_draft(visit(first.doctor, first.patient)), items({**AMOXICILLIN, "drug": drug})
    told = warnings_for(prescriber(again), again, wanted, now=clock.now())
    assert [one.kind for one in told] == ["duplicate"] * is_warned


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (f"records_prescriptionsignature SET payload = {other_byte('payload')}", "unread", "is not as it was signed"),
        (
            "records_prescription SET valid_until = valid_until - 400 WHERE valid_until IS NOT NULL",
            "unread",
            "is not as it was signed",
        ),
        (f"records_allergy SET substance = {other_byte('substance')}", "allergy", "cannot be read any more"),
        ("records_allergy SET substance = ''", "allergy", "cannot be read any more"),
    ],
)
def test_one_that_nobody_can_read_is_told_whatever_is_prescribed_and_to_be_seen(
    change: str, kind: str, words: str
) -> None:
    first = rx_signed()
    allergic(first.patient, "Latex")
    again = rx_draft(visit(first.doctor, first.patient), {**AMOXICILLIN, "drug": "Paracetamol"})
    behind_its_back(f"UPDATE {change}")
    [told] = warnings_for(prescriber(again), again, items({**AMOXICILLIN, "drug": "Paracetamol"}), now=clock.now())
    assert told.kind == kind
    assert words in told.text
    with pytest.raises(Conflict) as refused:
        rx_sign(again)
    assert refused.value.code == "warnings"


def test_what_was_dispensed_lately_is_taken_still() -> None:
    first = rx_signed()
    services.prescription_complete(actor=prescriber(first), prescription_id=first.public_id)
    again = rx_draft(visit(first.doctor, first.patient))

    def said(now: datetime) -> list[str]:
        return [one.text for one in warnings_for(prescriber(again), again, items(AMOXICILLIN), now=now)]

    now = clock.now()
    assert "was dispensed on" in said(now)[0]
    assert [one.prescription for one in overview_of(prescriber(first), first.patient, now=now).medicines] == [first]
    assert said(now + TAKEN_AFTER + timedelta(days=1)) == []


def test_warnings_cost_no_statement_for_each_standing_prescription() -> None:
    first = rx_signed()
    again = rx_draft(visit(first.doctor, first.patient), DIAZEPAM)

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            warnings_for(prescriber(again), again, items(DIAZEPAM), now=clock.now())
        return len(asked)

    statements()  # What is asked once and kept.
    with_one = statements()
    for _ in range(3):
        rx_sign(rx_draft(visit(first.doctor, first.patient)), warnings_seen=True)
    assert statements() == with_one


@pytest.mark.parametrize(
    ("substance", "drug", "is_warned"),
    [
        ("penicillin", "Amoxicillin", True),
        ("Amoxicillin", "Flucloxacillin", True),
        ("amoxicillin", "Co-amoxiclav", True),
        ("NSAIDs", "Ibuprofen", True),
        ("ibuprofen tablets", "Ibuprofen", True),
        ("Peanuts", "Amoxicillin", False),
        ("penicillin", "Doxycycline", False),
    ],
)
def test_what_an_allergy_matches(substance: str, drug: str, *, is_warned: bool) -> None:
    prescription = rx_draft()
    allergic(prescription.patient, substance)
    told = warnings_for(prescriber(prescription), prescription, items({**AMOXICILLIN, "drug": drug}), now=clock.now())
    assert bool(told) is is_warned

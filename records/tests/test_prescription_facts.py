"""What of a prescription needs no database: its machine, quantities in words, its last day, the age that is told."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest

from common.errors import Conflict
from records.quantities import in_words
from records.selectors.particulars import age_told
from records.services.prescriptions.sign import last_day
from records.services.prescriptions.steps import last_of_months
from records.states import PRESCRIPTION_TRANSITIONS, PrescriptionStatus, assert_prescription_can_move

ARROWS = {
    "draft": "active entered-in-error",
    "active": "on-hold completed cancelled stopped expired entered-in-error",
    "on-hold": "active cancelled stopped expired entered-in-error",
    "completed": "entered-in-error",
    "cancelled": "entered-in-error",
    "stopped": "entered-in-error",
    "expired": "entered-in-error",
    "entered-in-error": "",
}


@pytest.mark.parametrize(("old", "new"), list(product(PrescriptionStatus, PrescriptionStatus)))
def test_the_machine_over_all_pairs(old: PrescriptionStatus, new: PrescriptionStatus) -> None:
    assert (new in PRESCRIPTION_TRANSITIONS[old]) == (new.value in ARROWS[old.value].split())
    if new in PRESCRIPTION_TRANSITIONS[old]:
        assert_prescription_can_move(old, new)
        return
    with pytest.raises(Conflict) as refused:
        assert_prescription_can_move(old, new)
    assert refused.value.data == {"current": old}


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "one"),
        (12, "twelve"),
        (21, "twenty-one"),
        (30, "thirty"),
        (100, "one hundred"),
        (112, "one hundred and twelve"),
        (1000, "one thousand"),
        (1008, "one thousand and eight"),
        (9999, "nine thousand nine hundred and ninety-nine"),
    ],
)
def test_a_quantity_in_words(number: int, words: str) -> None:
    assert in_words(number) == words


def test_no_two_quantities_are_written_alike() -> None:
    assert len({in_words(number) for number in range(1, 10_000)}) == 9_999
    for number in (0, -1, 10_000):
        with pytest.raises(ValueError, match=str(number)):
            in_words(number)


@pytest.mark.parametrize(
    ("day", "until"),
    [
        (date(2027, 1, 15), date(2027, 7, 14)),
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 29), date(2028, 2, 28)),
        (date(2027, 8, 30), date(2028, 2, 29)),
        (date(2027, 12, 1), date(2028, 5, 31)),
    ],
)
def test_valid_for_six_months_or_28_days_with_a_schedule_4_drug(day: date, until: date) -> None:
    assert last_of_months(day, 6) == until == last_day(day, {"amoxicillin": None, "codeine": 5})
    assert last_day(day, {"amoxicillin": None, "diazepam": 4}) == day + timedelta(days=28)


@pytest.mark.parametrize(
    ("born", "told"),
    [
        (date(2015, 6, 15), ""),
        (date(2015, 6, 16), "11 years"),
        (date(2025, 6, 15), "2 years"),
        (date(2025, 6, 16), "23 months"),
        (date(2027, 6, 10), "0 months"),
    ],
)
def test_the_age_of_those_under_twelve(born: date, told: str) -> None:
    assert age_told(born, date(2027, 6, 15)) == told

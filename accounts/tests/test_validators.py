from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from accounts.validators import normalise_phone, phone_for_people, validate_birth_date, validate_phone


@pytest.fixture
def _late_on_a_summer_evening(monkeypatch: pytest.MonkeyPatch) -> None:
    # 23:30 in UTC is the next day already by the clinic's clock.
    monkeypatch.setattr("common.clock.now", lambda: datetime(2027, 6, 30, 23, 30, tzinfo=UTC))


def is_birth_date(born: date) -> bool:
    try:
        validate_birth_date(born)
    except ValidationError:
        return False
    return True


@pytest.mark.usefixtures("_late_on_a_summer_evening")
@pytest.mark.parametrize("born", [date(2027, 6, 30), date(1986, 3, 27), date(1897, 7, 2)])
def test_dates_before_today_and_less_than_130_years_ago_are_dates_of_birth(born: date) -> None:
    assert is_birth_date(born)


@pytest.mark.usefixtures("_late_on_a_summer_evening")
@pytest.mark.parametrize("born", [date(2027, 7, 1), date(2030, 1, 1), date(1897, 7, 1), date(1, 1, 1)])
def test_today_the_future_and_130_years_ago_are_refused(born: date) -> None:
    assert not is_birth_date(born)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("07700 900123", "+447700900123"),
        ("(020) 7946 0000", "+442079460000"),
        ("+44 (0)20 7946-0000", "+442079460000"),
        ("0044 7700 900 123", "+447700900123"),
        ("01204 87654", "+44120487654"),
        ("+353 86 123 4567", "+353861234567"),
    ],
)
def test_a_number_is_kept_as_e164_however_it_is_typed(typed: str, kept: str) -> None:
    validate_phone(typed)
    assert normalise_phone(typed) == kept


@pytest.mark.parametrize("typed", ["", "12345", "call me", "07700 90012", "0770 090 01234", "+44 6700 900123", "+0 1"])
def test_what_cannot_be_a_number_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        validate_phone(typed)


@pytest.mark.parametrize(
    ("kept", "shown"),
    [("+447700900123", "07700 900123"), ("+442079460000", "020 7946 0000"), ("+353861234567", "+353861234567")],
)
def test_a_kept_number_is_shown_as_people_write_it(kept: str, shown: str) -> None:
    assert phone_for_people(kept) == shown
    assert normalise_phone(shown) == kept

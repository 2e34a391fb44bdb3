"""The United Kingdom's bank holidays, computed by a library: nothing is fetched, and no year has to be entered.

A day that is proclaimed for one year (a coronation) comes with the library's next version; until then an
administrator enters it as a closure.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays

# The library's word for a day that is given instead of one at a weekend, and the law's and GOV.UK's.
_SUBSTITUTE = ("(observed)", "(substitute day)")


def bank_holidays(region: str, first_day: date, last_day: date) -> list[tuple[date, str]]:
    """The days with their names, in order, both ends included; `region` is one of `doctors.states.BankHolidays`."""
    if not region:
        return []
    years = range(first_day.year, last_day.year + 1)
    return [(day, name) for year in years for day, name in _of_year(region, year) if first_day <= day <= last_day]


@lru_cache(maxsize=64)
def _of_year(region: str, year: int) -> tuple[tuple[date, str], ...]:
    days = holidays.country_holidays("GB", subdiv=region, years=year)
    return tuple((day, name.replace(*_SUBSTITUTE)) for day, name in sorted(days.items()))

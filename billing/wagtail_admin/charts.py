"""Money by day as a chart, for the desk and the dashboard."""

from __future__ import annotations

from collections.abc import Sequence

from billing.selectors import MoneyDay
from common.charts import HEIGHT, Chart, Series, stacked
from common.money import Money


def _pounds(minor: float) -> str:
    return str(Money(int(minor), "gbp"))


_SERIES = (
    Series("Taken", written=_pounds),
    Series("Given back", written=_pounds),
    Series("Asked for and not come", written=_pounds),
)


def money_chart(days: Sequence[MoneyDay], *, height: int = HEIGHT) -> Chart:
    columns = {day.day: (day.taken, day.returned, day.waiting) for day in days}
    return stacked(columns, _SERIES, heading="Day", height=height)

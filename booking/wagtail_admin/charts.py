"""Numbers of appointments as charts, for the report and the dashboard."""

from __future__ import annotations

from collections.abc import Sequence

from booking.selectors import Counted, Sourced
from common.charts import HEIGHT, Chart, Series, stacked

_OUTCOMES = (
    Series("Booked or seen"),
    Series("Did not attend"),
    Series("Cancelled"),
    Series("Waiting", is_drawn=False),
)
_SOURCES = (Series("By the patient"), Series("By somebody who helps them"), Series("By the practice"))


def appointments_chart(counted: Sequence[Counted], *, by_week: bool, height: int = HEIGHT) -> Chart:
    """What became of the appointments of each day or week."""
    columns = {one.first: (one.booked, one.missed, one.cancelled, one.waiting) for one in counted}
    return stacked(columns, _OUTCOMES, heading="Week of" if by_week else "Day", height=height)


def sources_chart(sourced: Sequence[Sourced], *, height: int = HEIGHT) -> Chart:
    """Who booked, by the day on which they did."""
    columns = {one.day: (one.by_patient, one.by_helper, one.by_practice) for one in sourced}
    return stacked(columns, _SOURCES, heading="Booked on", height=height)

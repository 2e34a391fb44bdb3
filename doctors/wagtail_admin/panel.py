"""Searches that found no doctor, on the home page of Wagtail's admin."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from wagtail.admin.ui.components import Component

from common import clock
from common.charts import Series, stacked
from doctors.selectors import empty_searches

SHOWN_DAYS, CHART_HEIGHT = 28, 96


class SearchesPanel(Component):
    """For whoever keeps the words, the specialties and the places by which patients search."""

    name = "searches"
    template_name = "doctors/admin/searches_panel.html"
    order = 140

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        last = clock.clinic_day(clock.now())
        found = empty_searches(last - timedelta(days=SHOWN_DAYS - 1), last)
        columns = {day: (count,) for day, count in found.by_day.items()}
        series = (Series("Found no doctor"),)
        return {"found": found, "chart": stacked(columns, series, heading="Day", height=CHART_HEIGHT)}

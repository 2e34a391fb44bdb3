"""Appointments on the home page of Wagtail's admin: what waits, who books and what becomes of it, of nobody by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from wagtail.admin.ui.components import Component

from booking import selectors
from booking.wagtail_admin.charts import appointments_chart, sources_chart
from common import clock
from doctors.selectors import VisitSearch

SOURCE_DAYS, OUTCOME_WEEKS, CHART_HEIGHT = 28, 12, 96


class AppointmentsPanel(Component):
    name = "appointments"
    template_name = "booking/admin/panel.html"
    order = 100

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        now = clock.now()
        today = clock.clinic_day(now)
        since = today - timedelta(weeks=OUTCOME_WEEKS - 1, days=today.weekday())
        zone = clock.clinic_zone()
        period = VisitSearch(since=clock.start_of_day(since, zone), until=clock.end_of_day(today, zone))
        found = selectors.report_found(period)
        by_day = selectors.report_counts(found, since, today, by_week=False)
        sources = selectors.bookings_by_source(today - timedelta(days=SOURCE_DAYS - 1), today)
        return {
            "today": by_day[-1],
            "requests": selectors.requests_waiting(now=now),
            "booked": sources[-1],
            "sources": sources_chart(sources, height=CHART_HEIGHT),
            "outcomes": appointments_chart(selectors.by_weeks(by_day), by_week=True, height=CHART_HEIGHT),
        }

"""What the dashboard says of verification."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from wagtail.admin.ui.components import Component

from accounts.models import User
from common import clock
from common.charts import Chart, Series, stacked
from verification.presentation import spoken
from verification.selectors.worklist import QUEUE_VIEWS, Week, oldest_wait, weeks_of_decisions, worklist_counts

CHART_HEIGHT = 96


class QueuePanel(Component):
    """The dashboard's counts, each a link into the filtered queue, and how decisions have gone."""

    name = "verification"
    template_name = "verification/admin/dashboard_panel.html"
    order = 50

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        user, now = cast("User", (parent_context or {})["request"].user), clock.now()
        counts, weeks = worklist_counts(user, now=now), weeks_of_decisions(now)
        return {
            "counts": [(name, label, counts[name]) for name, label in QUEUE_VIEWS.items()],
            "drafts": counts["drafts"],
            "oldest": spoken(oldest_wait(now)),
            "median": weeks[-1].median_wait and spoken(weeks[-1].median_wait),
            "decisions": decisions_chart(weeks),
            "waits": waits_chart(weeks),
        }


def decisions_chart(weeks: list[Week]) -> Chart:
    series = (Series("Decided"),)
    return stacked({week.monday: (week.decided,) for week in weeks}, series, heading="Week of", height=CHART_HEIGHT)


def waits_chart(weeks: list[Week]) -> Chart:
    """How long half of the decisions of each week took at most."""
    series = (Series("Median time", written=_time),)
    columns = {week.monday: ((week.median_wait or timedelta()).total_seconds(),) for week in weeks}
    return stacked(columns, series, heading="Week of", height=CHART_HEIGHT)


def _time(seconds: float) -> str:
    return spoken(timedelta(seconds=seconds)) if seconds else "–"

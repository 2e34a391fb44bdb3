"""What the dashboard says of verification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from wagtail.admin.ui.components import Component

from accounts.models import User
from common import clock
from verification.presentation import spoken
from verification.selectors.worklist import QUEUE_VIEWS, Week, oldest_wait, weeks_of_decisions, worklist_counts

CHART_HEIGHT, BAR_WIDTH, BAR_STEP = 96, 18, 26
# Room above the tallest bar for its figure, and below the bars for their line.
LABEL_ROOM, FLOOR_ROOM = 18, 2


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One week of the chart, in the chart's own units."""

    week: Week
    x: int
    y: int
    height: int
    middle: int
    label_y: int
    median: str


def bars_of(weeks: list[Week]) -> list[Bar]:
    most = max((week.decided for week in weeks), default=0) or 1
    return [_bar(index, week, most) for index, week in enumerate(weeks)]


def _bar(index: int, week: Week, most: int) -> Bar:
    height = round(week.decided / most * (CHART_HEIGHT - FLOOR_ROOM - LABEL_ROOM))
    x, floor = index * BAR_STEP, CHART_HEIGHT - FLOOR_ROOM
    return Bar(
        week=week,
        x=x,
        y=floor - height,
        height=height,
        middle=x + BAR_WIDTH // 2,
        label_y=floor - height - 4,
        median=spoken(week.median_wait),
    )


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
            "bars": bars_of(weeks),
            "decided": sum(week.decided for week in weeks),
            "chart": {"width": len(weeks) * BAR_STEP, "height": CHART_HEIGHT, "floor": CHART_HEIGHT - FLOOR_ROOM},
            "bar_width": BAR_WIDTH,
        }

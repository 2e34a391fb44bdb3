"""What waits for billing officers, and today's money, on the home page of Wagtail's admin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wagtail.admin.ui.components import Component

from billing import selectors
from billing.policies import is_billing_officer
from billing.wagtail_admin.charts import money_chart
from common import clock

CHART_DAYS, CHART_HEIGHT = 28, 96
_NAMES = {
    "review": ("review", "payment", "to look at"),
    "refunds": ("refunds", "refund", "for an officer"),
    "disputes": ("disputes", "dispute", ""),
    "complaints": ("disputes", "complaint", ""),
}


class MoneyPanel(Component):
    name = "money"
    template_name = "billing/admin/_panel.html"
    order = 110

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        assert parent_context is not None, "The dashboard gives its panels the request."
        days = selectors.money_by_day(days=CHART_DAYS, now=clock.now())
        queues = selectors.waiting_queues()
        return {
            # The desk itself names people, so it is the officers' alone.
            "has_desk": is_billing_officer(parent_context["request"].user),
            "counts": [(*_NAMES[kind], queue.count) for kind, queue in queues.items()],
            "since": min((queue.since for queue in queues.values() if queue.since), default=None),
            "today": days[-1],
            "chart": money_chart(days, height=CHART_HEIGHT),
        }

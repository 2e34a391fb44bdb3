"""What waits for a billing officer, and today's money, on the home page of Wagtail's admin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wagtail.admin.ui.components import Component

from billing import selectors
from common import clock

_NAMES = {
    "review": ("review", "payment", "to look at"),
    "refunds": ("refunds", "refund", "for a second officer"),
    "disputes": ("disputes", "dispute", ""),
    "complaints": ("disputes", "complaint", ""),
}


class MoneyPanel(Component):
    name = "money"
    template_name = "billing/admin/_panel.html"
    order = 110

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        counts = selectors.waiting_counts()
        [today] = selectors.money_by_day(days=1, now=clock.now())
        return {"counts": [(*_NAMES[kind], count) for kind, count in counts.items()], "today": today}

"""Emergency access that waits for a review, on the home page of Wagtail's admin: of nobody by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wagtail.admin.ui.components import Component

from common import clock
from records.selectors import glasses_waiting


class GlassPanel(Component):
    name = "emergency-reviews"
    template_name = "records/admin/panel.html"
    order = 120

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return {"waiting": glasses_waiting(now=clock.now())}

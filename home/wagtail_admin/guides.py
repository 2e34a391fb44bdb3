"""The first steps of an office, on the home page of Wagtail's admin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wagtail.admin.ui.components import Component

from home.homes.guides import Guide


class GuidePanel(Component):
    name = "guide"
    template_name = "home/admin/guide.html"
    order = 20

    def __init__(self, guide: Guide) -> None:
        self.guide = guide

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        around = parent_context or {}
        # A component's template sees what it is given here and nothing else: without its token the form is refused.
        return {"guide": self.guide, "request": around["request"], "csrf_token": around["csrf_token"]}

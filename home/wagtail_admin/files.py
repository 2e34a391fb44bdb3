"""Files that have waited too long for the virus check, on the home page of Wagtail's admin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wagtail.admin.ui.components import Component


class FilesWaitingPanel(Component):
    """How many, and nothing of whose they are. Not there while none waits for long."""

    name = "files-waiting"
    template_name = "ui/admin/files_waiting.html"
    order = 10

    def __init__(self, count: int) -> None:
        self.count = count

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return {"count": self.count}

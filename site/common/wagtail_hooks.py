from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.ui.components import Component

from common import clock
from common.uploads.selectors import uploads_overdue


class FilesWaitingPanel(Component):
    """That files wait for their check for long, and how many: nothing of whose they are. Not there while none does."""

    name = "files-waiting"
    template_name = "ui/admin/files_waiting.html"
    order = 10

    def __init__(self, count: int) -> None:
        self.count = count

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return {"count": self.count}


@hooks.register("construct_homepage_panels")
def say_that_files_wait(_request: HttpRequest, panels: list[Component]) -> None:
    if count := uploads_overdue(clock.now()):
        panels.append(FilesWaitingPanel(count))


@hooks.register("insert_global_admin_css")
def style_as_ours() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("wagtail/brand.css"))


@hooks.register("insert_global_admin_css")
def style_narrow_tables() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("wagtail/narrow.css"))


@hooks.register("insert_global_admin_css")
def style_without_scripts() -> SafeString:
    return format_html('<noscript><link rel="stylesheet" href="{}"></noscript>', static("wagtail/without-scripts.css"))

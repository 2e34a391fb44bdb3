from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem

from notifications.admin_views import MessageReport
from notifications.policies import VIEW_MESSAGES
from notifications.selectors import unread_words


@hooks.register("register_admin_urls")
def message_urls() -> list[URLPattern]:
    return [
        path("reports/messages/", MessageReport.as_view(), name="messages_report"),
        path("reports/messages/results/", MessageReport.as_view(results_only=True), name="messages_report_results"),
    ]


class MessagesItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(VIEW_MESSAGES)


@hooks.register("register_reports_menu_item")
def messages_item() -> MenuItem:
    return MessagesItem("Messages", reverse("messages_report"), name="messages", icon_name="mail", order=100)


class NoticesItem(MenuItem):
    """The bell of those who work here: how many of their own notices they have not read."""

    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        unread = unread_words(request.user)
        label = f"{self.label} ({unread})" if unread else self.label
        return LinkMenuItem(self.name, label, self.url, icon_name=self.icon_name)


@hooks.register("register_admin_menu_item")
def notices_item() -> MenuItem:
    return NoticesItem("Notices", reverse("accounts:notices"), name="notices", icon_name="mail", order=150)

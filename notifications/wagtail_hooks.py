from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from notifications.admin_views import MessageReport
from notifications.policies import VIEW_MESSAGES


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

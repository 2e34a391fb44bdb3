from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem
from wagtail.snippets.action_menu import ActionMenuItem
from wagtail.snippets.models import register_snippet

from common import clock
from common.errors import DomainError
from notifications import services
from notifications.admin_views import MessageReport
from notifications.models import MessageWording
from notifications.policies import VIEW_MESSAGES
from notifications.selectors import unread_words
from notifications.wording_admin import TestItem, WordingsStay, WordingViewSet

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

register_snippet(WordingViewSet)
# Behind Wagtail's, whose place it takes.
hooks.register("register_bulk_action", WordingsStay, order=1)


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


@hooks.register("register_snippet_action_menu_item")
def test_item(model: Any) -> ActionMenuItem | None:
    return TestItem(order=10) if model is MessageWording else None


@hooks.register("after_edit_snippet")
def send_a_test(request: HttpRequest, instance: Any) -> None:
    """What was saved by the button that asks for a test is sent to whoever pressed it."""
    if not isinstance(instance, MessageWording) or TestItem.name not in request.POST:
        return
    editor = cast("AbstractUser", request.user)
    try:
        services.wording_test_send(actor=editor, wording_id=instance.pk, path=request.path, now=clock.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"A test is on its way to {editor.email}.")

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, re_path
from wagtail_modeladmin.options import modeladmin_register

from audit.models import Event
from audit.policies import may_read
from audit.wagtail_admin.views import EventView, LogView
from common.registers import ReadOnly, RegisterAdmin


class LogPermissions(ReadOnly):
    def user_can_list(self, user: Any) -> bool:
        return may_read(user)

    def user_can_inspect_obj(self, user: Any, obj: Event) -> bool:
        return may_read(user)


@modeladmin_register
class EventAdmin(RegisterAdmin):
    model = Event
    base_url_path = "audit"
    menu_label = "Audit log"
    menu_icon = "history"
    menu_order = 900
    permission_helper_class = LogPermissions
    index_view_class = LogView
    inspect_view_class = EventView
    inspect_view_enabled = True
    index_template_name = "audit/admin/log.html"
    inspect_template_name = "audit/admin/event.html"

    def get_admin_urls_for_registration(self) -> tuple[URLPattern, ...]:
        """The list and one event: the register's pages that would change something do not exist."""
        name = self.url_helper.get_action_url_name
        return (
            re_path(self.url_helper.get_action_url_pattern("index"), self.index_view, name=name("index")),
            re_path(r"^audit/inspect/(?P<instance_pk>[0-9]{1,18})/$", self.inspect_view, name=name("inspect")),
        )

    def inspect_view(self, request: HttpRequest, instance_pk: str) -> HttpResponseBase:
        # The view looks the event up before it asks, so the answer would tell which there are.
        if not may_read(request.user):
            raise PermissionDenied
        return super().inspect_view(request, instance_pk)

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.model import ModelViewSet

from verification import policies
from verification.models import VerificationCase
from verification.panels import QueuePanel
from verification.views import (
    CASE_ACTIONS,
    ITEM_ACTIONS,
    ROW_ACTIONS,
    CaseView,
    EvidenceView,
    QueueView,
    ReportView,
    StartView,
)


class VerificationViewSet(ModelViewSet):
    """The queue. Cases are made and moved by services alone, so it has no add, edit, copy or delete."""

    model = VerificationCase
    name = "verification"
    url_prefix = "verification"
    url_namespace = "verification"
    icon = "circle-check"
    menu_label = "Verification"
    menu_order = 120
    add_to_admin_menu = True
    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    index_view_class = QueueView
    inspect_view_class = CaseView
    form_fields = ("note",)

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        absent = dict.fromkeys(
            ("add_url_name", "edit_url_name", "delete_url_name", "history_url_name", "usage_url_name")
        )
        return super().get_common_view_kwargs(**{**absent, **kwargs})

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_index_view_kwargs(**{"index_results_url_name": None, **kwargs})

    def _on_a_case(self, views: dict[str, Any], under: str = "") -> list[URLPattern]:
        return [
            path(
                f"<uuid:pk>/{under}{name.replace('_', '-')}/",
                self.construct_view(view, **self.get_inspect_view_kwargs(template_name=view.template_name)),
                name=f"item_{name}" if under else name,
            )
            for name, view in views.items()
        ]

    def _on_a_row(self) -> list[URLPattern]:
        return [
            path(
                f"<uuid:pk>/{name.replace('_', '-')}/",
                self.construct_view(view, **self.get_index_view_kwargs(template_name=view.template_name)),
                name=name,
            )
            for name, view in ROW_ACTIONS.items()
        ]

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("report/", ReportView.as_view(), name="report"),
            path("start/<uuid:doctor>/", StartView.as_view(), name="start"),
            path("evidence/<uuid:evidence>/", EvidenceView.as_view(), name="evidence"),
            path("<uuid:pk>/", self.inspect_view, name="inspect"),
            *self._on_a_case(CASE_ACTIONS),
            *self._on_a_case(ITEM_ACTIONS, "items/<uuid:item>/"),
            *self._on_a_row(),
        ]

    def register_admin_url_finder(self) -> None:
        """There is no edit page to find."""


@hooks.register("register_admin_viewset")
def register_queue() -> VerificationViewSet:
    return VerificationViewSet()


@hooks.register("construct_homepage_panels")
def add_queue_panel(request: HttpRequest, panels: list[Component]) -> None:
    if request.user.has_perm(policies.VIEW):
        panels.append(QueuePanel())


class ReportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(policies.VIEW)


@hooks.register("register_reports_menu_item")
def report_in_the_menu() -> MenuItem:
    return ReportMenuItem(
        "Verification decisions", reverse_lazy("verification:report"), icon_name="circle-check", order=1200
    )

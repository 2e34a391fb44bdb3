from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.model import ModelViewSet

from verification import policies, selectors
from verification.models import VerificationCase
from verification.views import ACTIONS, CaseView, QueueFilterSet, QueueView, StartView, spoken


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
    filterset_class = QueueFilterSet
    search_fields = ("doctor__given_name", "doctor__family_name", "doctor__gmc_number")
    search_backend_name = None
    form_fields = ("note",)

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        absent = dict.fromkeys(
            ("add_url_name", "edit_url_name", "delete_url_name", "history_url_name", "usage_url_name")
        )
        return super().get_common_view_kwargs(**{**absent, **kwargs})

    def get_urlpatterns(self) -> list[URLPattern]:
        actions = [
            path(
                f"<uuid:pk>/{name}/",
                self.construct_view(view, **self.get_inspect_view_kwargs(template_name=view.template_name)),
                name=name,
            )
            for name, view in ACTIONS.items()
        ]
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("start/<uuid:doctor>/", StartView.as_view(), name="start"),
            path("<uuid:pk>/", self.inspect_view, name="inspect"),
            *actions,
        ]

    def register_admin_url_finder(self) -> None:
        """There is no edit page to find."""


@hooks.register("register_admin_viewset")
def register_queue() -> VerificationViewSet:
    return VerificationViewSet()


class QueuePanel(Component):
    """The dashboard's counts, each a link into the filtered queue."""

    name = "verification"
    template_name = "verification/admin/dashboard_panel.html"
    order = 50

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        counts = selectors.queue_counts()
        return {"counts": counts, "oldest": spoken(counts.oldest), "median": spoken(counts.median_wait)}


@hooks.register("construct_homepage_panels")
def add_queue_panel(request: HttpRequest, panels: list[Component]) -> None:
    if request.user.has_perm(policies.VIEW):
        panels.append(QueuePanel())

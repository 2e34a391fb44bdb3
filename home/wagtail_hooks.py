"""What the editors' desk adds to Wagtail's admin."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from doctors.policies import may_moderate
from home.wagtail_admin.moderation import ProposalsView, ProposalView


@hooks.register("register_admin_urls")
def desk_urls() -> list[URLPattern]:
    return [
        path("proposals/", ProposalsView.as_view(), name="home_proposals"),
        path("proposals/<uuid:proposal_id>/", ProposalView.as_view(), name="home_proposal"),
    ]


class ModeratorsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_moderate(request.user)


@hooks.register("register_admin_menu_item")
def proposals_item() -> MenuItem:
    return ModeratorsItem(
        "Doctors’ changes", reverse_lazy("home_proposals"), name="proposals", icon_name="edit", order=115
    )

"""How doctors appear in the Wagtail admin, and what it says when a page cannot go public."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from accounts.models import User
from doctors import services
from doctors.models import DoctorPage
from doctors.models.pages import HELD_BACK
from doctors.policies import may_see_searches
from doctors.wagtail_admin.panel import SearchesPanel
from doctors.wagtail_admin.viewsets import DoctorsGroup


@hooks.register("register_admin_viewset")
def doctors_in_the_admin() -> DoctorsGroup:
    return DoctorsGroup()


@hooks.register("construct_homepage_panels")
def add_searches_panel(request: HttpRequest, panels: list[Component]) -> None:
    if may_see_searches(request.user):
        panels.append(SearchesPanel())


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action(
        HELD_BACK,
        "Hold back until verified",
        "Held back: it goes public when the doctor is verified and takes part",
    )


@hooks.register("before_publish_page")
def hold_back_unlisted(request: HttpRequest, page: Page) -> HttpResponse | None:
    """The editor's Publish button on the page of a doctor who is not listed: kept, not shown, and said."""
    if not isinstance(page, DoctorPage) or page.doctor.is_listed:
        return None
    services.page_hold_back(actor=cast("User", request.user), page=page, revision=page.latest_revision)
    messages.warning(request, why_held_back(page))
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("before_bulk_action")
def refuse_bulk_publishing(
    request: HttpRequest, action_type: str, objects: Iterable[Any], _: Any
) -> HttpResponse | None:
    pages = [page.specific for page in objects if isinstance(page, Page)] if action_type == "publish" else []
    refused = [page for page in pages if isinstance(page, DoctorPage) and not page.doctor.is_listed]
    if not refused:
        return None
    for page in refused:
        messages.error(request, f"Nothing was published. {why_held_back(page)}")
    return redirect("wagtailadmin_explore", refused[0].get_parent().pk)


@hooks.register("before_copy_page")
def refuse_copying(request: HttpRequest, page: Page) -> HttpResponse | None:
    if not isinstance(page.specific, DoctorPage):
        return None
    messages.error(request, "A doctor has one profile page, so it cannot be copied.")
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def why_held_back(page: DoctorPage) -> str:
    doctor = page.doctor
    reason = "does not take part" if not doctor.is_active else "is not verified"
    if doctor.is_active:
        reason += f" ({doctor.get_verification_status_display().lower()})"
    return f"{doctor.name} {reason}, so the page stays a draft. This version goes public when that changes."

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from records.policies import may_keep_note_sections, may_review_glass
from records.wagtail_admin.drugs import DrugViewSet
from records.wagtail_admin.note_sections import NoteSectionsEditView, NoteSectionsView
from records.wagtail_admin.panel import GlassPanel
from records.wagtail_admin.views import GlassQueueView, GlassReviewView


@hooks.register("register_admin_urls")
def records_urls() -> list[URLPattern]:
    return [
        path("emergency-access/", GlassQueueView.as_view(), name="glass_queue"),
        path("emergency-access/<uuid:glass_id>/", GlassReviewView.as_view(), name="glass_review"),
        path("note-sections/", NoteSectionsView.as_view(), name="note_sections"),
        path("note-sections/<int:pk>/", NoteSectionsEditView.as_view(), name="note_sections_edit"),
    ]


class ReviewersItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_review_glass(request.user)


@hooks.register("register_admin_menu_item")
def review_item() -> MenuItem:
    return ReviewersItem(
        "Emergency access", reverse_lazy("glass_queue"), name="emergency-access", icon_name="warning", order=150
    )


@hooks.register("construct_homepage_panels")
def add_reviews_panel(request: HttpRequest, panels: list[Component]) -> None:
    if may_review_glass(request.user):
        panels.append(GlassPanel())


@hooks.register("register_admin_viewset")
def medicines_in_the_admin() -> DrugViewSet:
    return DrugViewSet()


class KeepersItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_keep_note_sections(request.user)


@hooks.register("register_settings_menu_item")
def note_sections_item() -> MenuItem:
    return KeepersItem("Sections of notes", reverse_lazy("note_sections"), icon_name="list-ul", order=900)

"""What the editors' desk adds to Wagtail's admin, and what comes by a contact page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.models import Page

from accounts.models import User
from accounts.policies import has_role
from accounts.roles import Role
from common import clock
from common.uploads.selectors import uploads_overdue
from doctors.policies import may_moderate
from home.contact_view import contact_sent
from home.homes.officer import officer_guides
from home.models import ContactPage
from home.policies import may_operate, may_read_enquiries
from home.rich_text import DocumentPathHandler, PagePathHandler
from home.wagtail_admin.choosers import CHOOSERS
from home.wagtail_admin.desk import may_write
from home.wagtail_admin.enquiries import EnquiriesView, EnquiryView
from home.wagtail_admin.files import FilesWaitingPanel
from home.wagtail_admin.guides import GuidePanel
from home.wagtail_admin.help import groups_help
from home.wagtail_admin.moderation import ProposalsView, ProposalView
from home.wagtail_admin.moves import move_refused
from home.wagtail_admin.operations import LayAsideView, OperationsView, RetryView
from home.wagtail_admin.panels import DeskPanel, HistoryPanel
from home.wagtail_admin.reports import REPORTS, ContentReport
from home.wagtail_admin.reviewed import ReviewedBulkAction
from home.wagtail_admin.translations import TranslatePageView


@hooks.register("register_admin_urls")
def desk_urls() -> list[URLPattern]:
    return [
        path("proposals/", ProposalsView.as_view(), name="home_proposals"),
        path("proposals/<uuid:proposal_id>/", ProposalView.as_view(), name="home_proposal"),
        path("help/groups/", groups_help, name="home_help"),
        *(path(f"content/{report.path}/", report.as_view(), name=report.index_url_name) for report in REPORTS),
        # In front of Wagtail's own of the same address, whose app comes later.
        path("translation/submit/page/<int:page_id>/", TranslatePageView.as_view(), name="home_translate"),
        path("operations/", OperationsView.as_view(), name="operations"),
        path("operations/messages/<uuid:message_id>/retry/", RetryView.as_view(), name="operations_retry"),
        path("operations/messages/<uuid:message_id>/lay-aside/", LayAsideView.as_view(), name="operations_lay_aside"),
        path("enquiries/", EnquiriesView.as_view(), name="enquiries"),
        path("enquiries/<uuid:enquiry_id>/", EnquiryView.as_view(), name="enquiry"),
    ]


class ModeratorsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_moderate(request.user)


@hooks.register("register_admin_menu_item")
def proposals_item() -> MenuItem:
    return ModeratorsItem(
        "Doctors’ changes", reverse_lazy("home_proposals"), name="proposals", icon_name="edit", order=115
    )


class WritersItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_write(request.user)


def _offer(number: int, report: type[ContentReport]) -> None:
    """One report in the menu of reports, in the order of `REPORTS`."""

    @hooks.register("register_reports_menu_item")
    def report_item() -> MenuItem:
        return WritersItem(
            report.page_title, reverse_lazy(report.index_url_name), icon_name=report.header_icon, order=100 + number
        )


for _number, _report in enumerate(REPORTS):
    _offer(_number, _report)


class OperatorsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_operate(request.user)


@hooks.register("register_reports_menu_item")
def operations_item() -> MenuItem:
    return OperatorsItem("Background work", reverse_lazy("operations"), name="operations", icon_name="cogs", order=90)


@hooks.register("register_admin_viewset")
def choosers() -> list[ChooserViewSet]:
    return [chooser() for chooser in CHOOSERS]


hooks.register("register_bulk_action", ReviewedBulkAction)


@hooks.register("register_help_menu_item")
def help_item() -> MenuItem:
    return MenuItem("Users and groups", reverse_lazy("home_help"), icon_name="group", order=200)


@hooks.register("construct_homepage_panels")
def add_desk_panels(request: HttpRequest, panels: list[Component]) -> None:
    if may_write(request.user):
        panels += [DeskPanel(), HistoryPanel()]


@hooks.register("construct_homepage_panels")
def add_guides(request: HttpRequest, panels: list[Component]) -> None:
    panels.extend(GuidePanel(guide) for guide in officer_guides(cast("User", request.user)))


@hooks.register("construct_homepage_panels")
def say_that_files_wait(request: HttpRequest, panels: list[Component]) -> None:
    """Among them are patients' documents, so their number is for administrators alone."""
    if has_role(request.user, Role.ADMINISTRATOR) and (count := uploads_overdue(clock.now())):
        panels.append(FilesWaitingPanel(count))


@hooks.register("before_move_page")
def refuse_move(request: HttpRequest, page: Page, destination: Page) -> HttpResponse | None:
    """A page that visitors would not find where it is moved to stays where it is."""
    told = move_refused(request, [page], destination)
    return redirect("wagtailadmin_pages:move", page.pk) if told else None


@hooks.register("before_bulk_action")
def refuse_bulk_move(
    request: HttpRequest, action_type: str, objects: Sequence[Any], action: Any
) -> HttpResponse | None:
    pages = [page for page in objects if isinstance(page, Page)] if action_type == "move" else []
    if not pages or not move_refused(request, pages, action.cleaned_form.cleaned_data["chooser"]):
        return None
    return redirect("wagtailadmin_explore", pages[0].get_parent().pk)


class LanguagesItem(MenuItem):
    """For administrators, who keep the languages but not the site's address, by which Wagtail shows its own item."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("wagtailcore.add_locale") and not request.user.has_perm("wagtailcore.change_site")


@hooks.register("register_settings_menu_item")
def languages_item() -> MenuItem:
    return LanguagesItem(
        "Languages", reverse_lazy("wagtaillocales:index"), name="languages", icon_name="globe", order=600
    )


class EnquiriesItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_read_enquiries(request.user)


@hooks.register("register_admin_menu_item")
def enquiries_item() -> MenuItem:
    return EnquiriesItem("Messages to us", reverse_lazy("enquiries"), name="enquiries", icon_name="mail", order=155)


@hooks.register("before_serve_page")
def take_what_was_sent(page: Page, request: HttpRequest, *_: Any) -> HttpResponse | None:
    """A page that asks for a password first is left to Wagtail, which asks for it."""
    is_ours = isinstance(page, ContactPage) and request.method == "POST"
    return contact_sent(request, page) if is_ours and not page.get_view_restrictions().exists() else None


@hooks.register("filter_form_submissions_for_user")
def no_forms_of_wagtails(_: Any, pages: QuerySet[Page]) -> QuerySet[Page]:
    """Wagtail would show whoever may edit a form what it brought; ours is kept elsewhere, for administrators."""
    return pages.none()


@hooks.register("register_rich_text_features", order=10)
def links_in_text(features: Any) -> None:
    features.register_link_type(PagePathHandler)
    features.register_link_type(DocumentPathHandler)

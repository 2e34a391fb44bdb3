from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, re_path, reverse_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail_modeladmin.options import modeladmin_register

from booking.models import Appointment
from booking.policies import may_read_register
from booking.wagtail_admin.closures import ClosuresView
from booking.wagtail_admin.panel import AppointmentsPanel
from booking.wagtail_admin.register import AppointmentsView
from booking.wagtail_admin.report import AppointmentsReportView
from common.registers import ReadOnly, RegisterAdmin


@hooks.register("register_admin_urls")
def booking_urls() -> list[URLPattern]:
    return [
        path("closures/<int:pk>/", ClosuresView.as_view(), name="clinic_closures"),
        path("reports/appointments/", AppointmentsReportView.as_view(), name="appointments_report"),
    ]


class ReportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_read_register(request.user)


@hooks.register("register_reports_menu_item")
def report_in_the_menu() -> MenuItem:
    return ReportMenuItem("Appointments", reverse_lazy("appointments_report"), icon_name="calendar", order=1100)


@hooks.register("construct_homepage_panels")
def add_appointments_panel(request: HttpRequest, panels: list[Component]) -> None:
    if may_read_register(request.user):
        panels.append(AppointmentsPanel())


class RegisterPermissions(ReadOnly):
    def user_can_list(self, user: Any) -> bool:
        return may_read_register(user)


@modeladmin_register
class AppointmentAdmin(RegisterAdmin):
    model = Appointment
    base_url_path = "appointments"
    menu_label = "Appointments"
    menu_icon = "calendar"
    menu_order = 130
    permission_helper_class = RegisterPermissions
    index_view_class = AppointmentsView
    index_template_name = "booking/admin/register.html"

    def get_admin_urls_for_registration(self) -> tuple[URLPattern, ...]:
        """The list alone: the register's pages that would change something do not exist."""
        pattern, name = self.url_helper.get_action_url_pattern("index"), self.url_helper.get_action_url_name("index")
        return (re_path(pattern, self.index_view, name=name),)

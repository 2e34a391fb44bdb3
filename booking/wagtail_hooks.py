from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path, re_path
from wagtail import hooks
from wagtail_modeladmin.options import modeladmin_register

from booking.models import Appointment
from booking.policies import may_read_register
from booking.wagtail_admin.closures import ClosuresView
from booking.wagtail_admin.register import AppointmentsView
from common.registers import ReadOnly, RegisterAdmin


@hooks.register("register_admin_urls")
def closures_url() -> list[URLPattern]:
    return [path("closures/<int:pk>/", ClosuresView.as_view(), name="clinic_closures")]


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

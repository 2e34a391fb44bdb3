from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, re_path, reverse_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail_modeladmin.options import modeladmin_register

from billing.models import Payment
from billing.policies import is_billing_officer, may_see_sums
from billing.wagtail_admin.comparisons import ComparisonsView
from billing.wagtail_admin.ledger import HEADINGS, LedgerView
from billing.wagtail_admin.panel import MoneyPanel
from billing.wagtail_admin.views import ComplaintView, DeskView, PaymentView, ReceiptView
from common.registers import ReadOnly, RegisterAdmin


@hooks.register("register_admin_urls")
def billing_urls() -> list[URLPattern]:
    return [
        path("billing/", DeskView.as_view(), name="billing_desk"),
        path("billing/comparisons/", ComparisonsView.as_view(), name="billing_comparisons"),
        path("billing/payments/<uuid:payment_id>/", PaymentView.as_view(), name="billing_payment"),
        path("billing/complaints/<uuid:complaint_id>/", ComplaintView.as_view(), name="billing_complaint"),
        path("billing/receipts/<uuid:receipt_id>/", ReceiptView.as_view(), name="billing_receipt"),
    ]


class OfficersItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return is_billing_officer(request.user)


@hooks.register("register_admin_menu_item")
def desk_item() -> MenuItem:
    return OfficersItem("Money", reverse_lazy("billing_desk"), name="billing", icon_name="tag", order=140)


@hooks.register("construct_homepage_panels")
def add_money_panel(request: HttpRequest, panels: list[Component]) -> None:
    if may_see_sums(request.user):
        panels.append(MoneyPanel())


class LedgerPermissions(ReadOnly):
    def user_can_list(self, user: Any) -> bool:
        return is_billing_officer(user)


@modeladmin_register
class PaymentAdmin(RegisterAdmin):
    model = Payment
    base_url_path = "payments"
    menu_label = "Payments"
    menu_icon = "list-ul"
    menu_order = 141
    permission_helper_class = LedgerPermissions
    index_view_class = LedgerView
    index_template_name = "billing/admin/ledger.html"
    list_export = tuple(HEADINGS)

    def get_admin_urls_for_registration(self) -> tuple[URLPattern, ...]:
        """The list alone: the ledger's pages that would change something do not exist."""
        pattern, name = self.url_helper.get_action_url_pattern("index"), self.url_helper.get_action_url_name("index")
        return (re_path(pattern, self.index_view, name=name),)

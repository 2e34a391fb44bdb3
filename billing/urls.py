from __future__ import annotations

from django.urls import path

from billing.views import change, desk, pay, webhook
from integrations.stripe.addresses import WEBHOOK_PATH

app_name = "billing"

urlpatterns = [
    path(WEBHOOK_PATH.strip("/") + "/", webhook.stripe_webhook, name="stripe_webhook"),
    path("appointments/<uuid:appointment_id>/pay/", pay.pay, name="pay"),
    path("appointments/<uuid:appointment_id>/paid/", pay.returned, name="returned"),
    path("appointments/<uuid:appointment_id>/change-visit/", change.change_visit, name="change_visit"),
    path("appointments/<uuid:appointment_id>/take-payment/", desk.take, name="take"),
    path(
        "appointments/<uuid:appointment_id>/take-payment/<uuid:payment_id>/mistake/",
        desk.take_back,
        name="take_back",
    ),
    path("appointments/<uuid:appointment_id>/payment-problem/", desk.complain, name="complain"),
    path("payments/problems/<uuid:complaint_id>/withdraw/", desk.withdraw, name="withdraw"),
    path("payments/receipts/<uuid:receipt_id>/", pay.receipt, name="receipt"),
    path("payments/", pay.payments, name="payments"),
]

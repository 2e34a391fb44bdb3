from __future__ import annotations

from django.urls import path

from billing.views import pay, webhook
from integrations.stripe.addresses import WEBHOOK_PATH

app_name = "billing"

urlpatterns = [
    path(WEBHOOK_PATH.strip("/") + "/", webhook.stripe_webhook, name="stripe_webhook"),
    path("appointments/<uuid:appointment_id>/pay/", pay.pay, name="pay"),
    path("appointments/<uuid:appointment_id>/paid/", pay.returned, name="returned"),
    path("payments/receipts/<uuid:receipt_id>/", pay.receipt, name="receipt"),
    path("payments/", pay.payments, name="payments"),
]

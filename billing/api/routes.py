"""The addresses of the API about money: the services and selectors that the pages call, as JSON."""

from __future__ import annotations

from django.urls import path

from billing.api import changing, desk, paying

_APPOINTMENT = "appointments/<uuid:appointment_id>"

urlpatterns = [
    path("payments/", paying.PaymentList.as_view(), name="api_payments"),
    path("receipts/<uuid:receipt_id>/file/", paying.ReceiptFile.as_view(), name="api_receipt_file"),
    path("complaints/<uuid:complaint_id>/withdraw/", paying.ComplaintWithdraw.as_view(), name="api_withdraw"),
    path(f"{_APPOINTMENT}/payment/", paying.AppointmentPayment.as_view(), name="api_payment"),
    path(f"{_APPOINTMENT}/complaints/", paying.ComplaintAdd.as_view(), name="api_complain"),
    path(f"{_APPOINTMENT}/change-visit/", changing.VisitChange.as_view(), name="api_change_visit"),
    path(f"{_APPOINTMENT}/desk/", desk.DeskTake.as_view(), name="api_desk"),
    path(f"{_APPOINTMENT}/desk/given/", desk.DeskGive.as_view(), name="api_desk_given"),
    path(f"{_APPOINTMENT}/desk/<uuid:payment_id>/mistake/", desk.DeskMistake.as_view(), name="api_desk_mistake"),
]

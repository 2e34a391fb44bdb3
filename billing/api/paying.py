"""Paying, what was paid, and disagreeing about it: for patients, and carers whom they let pay."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.states import Area
from billing import policies, selectors, services
from billing.api.serializers import (
    ComplainingSerializer,
    ComplaintSerializer,
    MoneyQuery,
    MoneySerializer,
    PaymentSerializer,
    StartedSerializer,
    WithdrawnSerializer,
)
from billing.models import Payment
from billing.standing import standing_of
from billing.states import ComplaintReason
from common import clock
from common.drf.files import LOCATION, FileAnswer, kept_file
from common.drf.paging import KeysetView, Place
from common.drf.repeating import once
from common.keyset import KeyPage
from common.uploads.serving import file_response


class PaymentList(KeysetView, Endpoint):
    """What the caller has paid, for themselves and those for whom they pay, with refunds and receipts."""

    area = Area.PAYMENTS
    serializer_class = PaymentSerializer

    def page(self, asked: dict[str, Any], place: Place) -> KeyPage[Payment]:
        return selectors.own_payments(self.caller, **place)


class AppointmentPayment(Endpoint):
    area = Area.PAYMENTS

    @extend_schema(parameters=[MoneyQuery], responses=MoneySerializer)
    def get(self, request: Request, appointment_id: UUID) -> Response:
        """How the money of an appointment stands, for whoever pays for it."""
        query = MoneyQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        now, since = clock.now(), query.validated_data["since"]
        appointment = policies.appointment_paid_by(self.caller, appointment_id)
        payment = selectors.payment_told_of(appointment)
        sums = selectors.sums_of(appointment, payment)
        standing = standing_of(appointment, payment, sums=sums, now=now, since=min(since, now) if since else None)
        if since and payment is not None and not standing.is_settled:
            services.payment_ask(payment_id=payment.pk)
        money = {
            "standing": standing,
            "due_minor": sums.due,
            "left_minor": sums.left,
            "currency": appointment.currency,
            "refunds": selectors.refunds_of(appointment),
            "receipts": selectors.receipts_of(appointment),
            "complaints": selectors.complaints_of(appointment),
        }
        return Response(MoneySerializer(money).data)

    @extend_schema(request=None, responses={201: StartedSerializer})
    def post(self, request: Request, appointment_id: UUID) -> Response:
        """Begin to pay what is due online: at the address that is answered. A repeat is answered with the same.

        Whoever has paid is led to the website's page of it; a front end of another kind asks by GET how it stands.
        """
        payment = services.payment_start(actor=self.caller, appointment_id=appointment_id)
        return Response(StartedSerializer(payment).data, status=HTTPStatus.CREATED)


class ReceiptFile(FileAnswer, Endpoint):
    area = Area.PAYMENTS

    @extend_schema(parameters=[LOCATION], responses=kept_file("application/pdf"))
    def get(self, request: Request, receipt_id: UUID) -> HttpResponseBase:
        """The PDF of a receipt or credit note."""
        opened = services.receipt_open(actor=self.caller, receipt_id=receipt_id)
        name = f"{opened.number}.pdf"
        return file_response(key=opened.file.name or "", name=name, media_type="application/pdf", request=request)


class ComplaintAdd(Endpoint):
    area = Area.PAYMENTS
    is_keyed = True

    @extend_schema(request=ComplainingSerializer, responses={201: ComplaintSerializer})
    def post(self, request: Request, appointment_id: UUID) -> Response:
        """Say that something is wrong with the money of an appointment; one at a time, and a person answers."""
        appointment = policies.appointment_paid_by(self.caller, appointment_id)
        asked = self.sent(ComplainingSerializer)
        tell = partial(
            services.complaint_open,
            actor=self.caller,
            appointment_id=appointment_id,
            reason=ComplaintReason(asked["reason"]),
            text=asked["text"],
        )
        outcome = once(request, do="complain", asked={"appointment": appointment_id, **asked}, run=tell)
        complaint = selectors.complaint_of(appointment, outcome.public_id)
        return Response(ComplaintSerializer(complaint).data, status=outcome.status)


class ComplaintWithdraw(Endpoint):
    area = Area.PAYMENTS

    @extend_schema(request=None, responses=WithdrawnSerializer)
    def post(self, request: Request, complaint_id: UUID) -> Response:
        """Take one's own complaint back."""
        complaint = services.complaint_withdraw(actor=self.caller, complaint_id=complaint_id)
        return Response(WithdrawnSerializer(complaint).data)

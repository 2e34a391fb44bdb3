from __future__ import annotations

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from billing.models import Complaint, Dispute, Payment, Receipt, Refund
from billing.states import ComplaintReason, DisputeStatus, Method, Outcome, PaymentStatus, RefundReason
from booking.tests.factories import AppointmentFactory
from common import clock


class PaymentFactory(DjangoModelFactory[Payment]):
    """Waiting for its money at Stripe, for a held appointment. Traits `paid` (it came and booked) and `desk` (cash)."""

    class Meta:
        model = Payment

    class Params:
        paid = factory.Trait(
            appointment=factory.SubFactory(AppointmentFactory),
            status=PaymentStatus.SUCCEEDED,
            outcome=Outcome.BOOKED,
            captured_minor=factory.SelfAttribute("amount_minor"),
            paid_at=factory.LazyFunction(clock.now),
            intent_id=factory.Sequence(lambda n: f"pi_{n:024}"),
            charge_id=factory.Sequence(lambda n: f"ch_{n:024}"),
        )
        desk = factory.Trait(
            appointment=factory.SubFactory(AppointmentFactory),
            method=Method.CASH,
            status=PaymentStatus.SUCCEEDED,
            outcome=Outcome.BOOKED,
            captured_minor=factory.SelfAttribute("amount_minor"),
            paid_at=factory.LazyFunction(clock.now),
            session_id=None,
        )

    appointment = factory.SubFactory(AppointmentFactory, held=True, amount_due_minor=4500)
    started_by = factory.LazyAttribute(lambda row: row.appointment.booked_by)
    amount_minor = 4500
    currency = "gbp"
    session_key = factory.Sequence(lambda n: f"checkout-{n}")
    session_id = factory.Sequence(lambda n: f"cs_test_{n:024}")
    session_url = factory.LazyAttribute(lambda row: f"https://checkout.stripe.com/c/pay/{row.session_id}")
    session_expires_at = factory.LazyFunction(lambda: clock.now() + timedelta(minutes=33))
    created_at = factory.LazyFunction(clock.now)


class RefundFactory(DjangoModelFactory[Refund]):
    """Promised by an officer and not sent yet."""

    class Meta:
        model = Refund

    payment = factory.SubFactory(PaymentFactory, paid=True)
    amount_minor = 1000
    currency = "gbp"
    reason = RefundReason.OFFICER
    key = factory.Sequence(lambda n: f"refund-{n}")
    due_at = factory.LazyFunction(clock.now)
    created_at = factory.LazyFunction(clock.now)


class DisputeFactory(DjangoModelFactory[Dispute]):
    class Meta:
        model = Dispute

    payment = factory.SubFactory(PaymentFactory, paid=True)
    stripe_id = factory.Sequence(lambda n: f"dp_{n:024}")
    status = DisputeStatus.NEEDS_RESPONSE
    amount_minor = 4500
    currency = "gbp"
    reason = "product_not_received"
    due_by = factory.LazyFunction(lambda: clock.now() + timedelta(days=7))
    opened_at = factory.LazyFunction(clock.now)


class ReceiptFactory(DjangoModelFactory[Receipt]):
    """Issued and drawn."""

    class Meta:
        model = Receipt

    payment = factory.SubFactory(PaymentFactory, desk=True)
    kind = Receipt.Kind.RECEIPT
    series = "T-2026"
    sequence = factory.Sequence(lambda n: n + 1)
    number = factory.LazyAttribute(lambda row: f"{row.series}-{row.sequence:06}")
    amount_minor = factory.SelfAttribute("payment.amount_minor")
    currency = "gbp"
    issued_at = factory.LazyFunction(clock.now)
    file = factory.Sequence(lambda n: f"receipts/test{n}.pdf")


class ComplaintFactory(DjangoModelFactory[Complaint]):
    class Meta:
        model = Complaint

    appointment = factory.SubFactory(AppointmentFactory)
    opened_by = factory.LazyAttribute(lambda row: row.appointment.booked_by)
    reason = ComplaintReason.NOT_SEEN
    opened_at = factory.LazyFunction(clock.now)
    due_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=10))

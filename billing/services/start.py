from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from audit.services import event_record
from billing.errors import PaymentsAway
from billing.locks import payment_locked
from billing.models import Payment
from billing.policies import can_pay_for
from billing.selectors import due_online, is_payable, open_payment_of
from billing.services.sync import payment_sync
from billing.states import OPEN, PaymentStatus, assert_payment_can_move
from booking.models import Appointment
from booking.selectors import appointment_for
from booking.states import Status
from common import clock
from common.errors import Conflict, Forbidden
from common.history import sign
from common.tasks import wake
from integrations.stripe.errors import Refused, Unavailable
from integrations.stripe.gateway import gateway
from integrations.stripe.objects import CheckoutSession

# Stripe takes a session's end from 30 minutes on, counted from when it hears of it (platform.md).
SESSION_LASTS = timedelta(minutes=33)


def payment_start(*, actor: User, appointment_id: UUID, now: datetime | None = None) -> Payment:
    """Make ready to pay online for an appointment that is kept for payment; `session_url` is Stripe's page.

    Two tabs get the same session: an appointment has one open payment. The amount is what was frozen as due now.
    Call it outside transactions, for it asks Stripe. Raises `NotFound`, `Forbidden`, `Conflict` (`not_payable`,
    `hold_ended`, `being_paid`, `payment_in_review`) and `PaymentsAway`, after which the same call goes on where it
    stopped.
    """
    now = now or clock.now()
    appointment = appointment_for(actor, appointment_id)
    _assert_payable(actor, appointment, now)
    payment = open_payment_of(appointment)
    if payment is not None and payment.session_id and payment.session_expires_at and payment.session_expires_at <= now:
        # Over at Stripe too, or paid at the last moment: only Stripe knows.
        _asked_how_it_ended(payment, now)
        appointment = appointment_for(actor, appointment_id)
        payment = open_payment_of(appointment)
    if payment is None:
        # What was open a moment ago may have been paid since.
        _assert_payable(actor, appointment, now)
    if payment is not None and payment.status == PaymentStatus.REVIEW:
        raise Conflict("payment_in_review", "We are looking at your payment. You do not need to pay again.")
    if payment is not None and payment.amount_minor != due_online(appointment):
        _put_aside(payment, now)
        _assert_payable(actor, appointment, now)
        payment = None
    payment = payment or _created(actor, appointment, now)
    return payment if payment.session_id else session_open(payment=payment)


def _assert_payable(actor: User, appointment: Appointment, now: datetime) -> None:
    if not can_pay_for(actor, appointment):
        raise Forbidden("may_not_pay", "You can see this appointment but not pay for it.")
    if appointment.has_ended(now):
        raise Conflict("hold_ended", "We could not keep this time any longer, as it was not paid for.")
    if not is_payable(appointment, now=now):
        raise Conflict("not_payable", "There is nothing to pay for this appointment now.", current=appointment.status)


def _asked_how_it_ended(payment: Payment, now: datetime) -> None:
    try:
        payment_sync(payment_id=payment.pk, now=now)
    except (Refused, Unavailable) as error:
        raise PaymentsAway from error


def _put_aside(payment: Payment, now: datetime) -> None:
    """End the session of a payment over another amount: the visit has become another kind since it began.

    Raises `Conflict` (`being_paid`) where it cannot be ended, for it is being paid just now, and `PaymentsAway`.
    """
    try:
        if payment.session_id:
            gateway().session_expire(payment.session_id)
            _asked_how_it_ended(payment, now)
    except (Refused, Unavailable) as error:
        raise PaymentsAway from error
    payment.refresh_from_db(fields=["status"])
    if payment.status in OPEN:
        message = "A payment that you began earlier has not ended yet. Please try again in a minute."
        raise Conflict("being_paid", message)


def _created(actor: User, appointment: Appointment, now: datetime) -> Payment:
    """A new open payment, or the one that another request has just made."""
    payment = Payment(
        appointment=appointment,
        started_by=actor,
        purpose=_purpose(appointment),
        amount_minor=due_online(appointment),
        currency=appointment.currency,
        vat_rate_percent=appointment.vat_rate_percent,
        session_expires_at=now + SESSION_LASTS,
        created_at=now,
    )
    payment.session_key = f"checkout-{payment.public_id}"
    try:
        with transaction.atomic():
            sign(payment, actor)
            payment.save(force_insert=True)
            helped = None if appointment.patient.user_id == actor.pk else appointment.patient
            event_record(
                "payment.started",
                payment,
                actor=actor,
                on_behalf_of=helped,
                patient=appointment.patient,
                after=payment.status,
                amount=payment.amount_minor,
            )
    except IntegrityError:
        other = open_payment_of(appointment)
        if other is None:
            raise
        return other
    return payment


def _purpose(appointment: Appointment) -> Payment.Purpose:
    return Payment.Purpose.DIFFERENCE if appointment.status == Status.BOOKED else Payment.Purpose.VISIT


def session_open(*, payment: Payment) -> Payment:
    """Ask Stripe for the payment's session, always with its frozen key and facts: however often, it is one session.

    Where Stripe says that it is too late for these facts, it has never made one for them (it would have answered with
    that one), so the payment ends unpaid. Raises `PaymentsAway` and `Conflict` (`hold_ended`).
    """
    try:
        session = _asked(payment)
    except Unavailable as error:
        if error.code in {"server_error", "key_spent"}:
            # Stripe would answer this key with the same failure for a day. A session that it may have made after all
            # takes no money: nobody knows its address.
            key = f"checkout-{payment.public_id}-{uuid.uuid4().hex[:8]}"
            Payment.objects.filter(pk=payment.pk, session_id=None).update(session_key=key)
        raise PaymentsAway from error
    except Refused as error:
        _give_up(payment, error.code)
        raise Conflict("hold_ended", "This payment took too long to begin. Please start again.") from error
    Payment.objects.filter(pk=payment.pk, session_id=None).update(session_id=session.id, session_url=session.url or "")
    payment.refresh_from_db(fields=["session_id", "session_url", "status"])
    return payment


def _asked(payment: Payment) -> CheckoutSession:
    appointment = payment.appointment
    page = f"{settings.BASE_URL}{reverse('billing:returned', args=[appointment.public_id])}"
    ends = payment.session_expires_at
    assert ends is not None, "an online payment"
    return gateway().session_create(
        key=payment.session_key,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        reference=str(payment.public_id),
        # Never what the visit is about: Stripe is told who is seen and when by nobody (quality.md, canaries).
        description=f"Appointment {appointment.reference}",
        success_url=page,
        cancel_url=f"{settings.BASE_URL}{reverse('billing:pay', args=[appointment.public_id])}",
        expires_at=ends,
        metadata={"payment": str(payment.public_id), "appointment": str(appointment.public_id)},
    )


@transaction.atomic
def _give_up(seen: Payment, code: str) -> None:
    payment = payment_locked(seen.pk)
    if payment.session_id or payment.status != PaymentStatus.REQUIRES_PAYMENT_METHOD:
        return
    assert_payment_can_move(payment.status, PaymentStatus.CANCELED)
    before = payment.status
    payment.status, payment.failure_code = PaymentStatus.CANCELED, code[:60]
    sign(payment, None)
    payment.save(update_fields=["status", "failure_code"])
    event_record("payment.ended", payment, actor=None, before=before, after=payment.status)


def payment_ask(*, payment_id: int) -> None:
    """Have a worker ask Stripe how a payment stands: for whoever comes back from paying before the webhook does."""
    wake("billing.check_payment", payment_id)

"""Stripe's objects as JSON, made from the SDK's own resource classes: none lacks a field or has one too many."""

from __future__ import annotations

from typing import Any, cast

import stripe
import stripe.checkout

from integrations.stripe.simulator.problems import Json
from integrations.stripe.simulator.types import fields, is_optional

# What Stripe sends only to whoever asks for it, or only where it applies.
LEFT_OUT: dict[type, frozenset[str]] = {
    stripe.checkout.Session: frozenset({"line_items"}),
    stripe.Charge: frozenset({"refunds", "level3", "authorization_code"}),
    stripe.Refund: frozenset({"failure_reason", "failure_balance_transaction", "instructions_email", "next_action"}),
    stripe.Event: frozenset({"account", "context"}),
    stripe.Event.Data: frozenset({"previous_attributes"}),
    stripe.checkout.Session.TotalDetails: frozenset({"breakdown"}),
}
PAYER = {"name": "Simulated Payer", "email": "payer@stripe-simulator.example"}
"""What Stripe knows of whoever pays. It must turn up nowhere in our own house."""


def shape(cls: type, **given: Any) -> Json:
    """An object with `given`, and null wherever the SDK allows it. Raises `TypeError` for what does not fit."""
    known = fields(cls)
    if unknown := given.keys() - known.keys():
        raise TypeError(f"{cls.__name__} has no {', '.join(sorted(unknown))}")
    left_out = LEFT_OUT.get(cls, frozenset())
    made = {}
    for name, kind in known.items():
        if name in given:
            made[name] = given[name]
        elif is_optional(kind):
            if name not in left_out:
                made[name] = None
        else:
            raise TypeError(f"{cls.__name__} needs {name}")
    return made


def line_item(identity: str, asked: Json) -> Json:
    """Of a session: one price, asked for on the spot."""
    price, quantity = asked["price_data"], asked["quantity"]
    total = price["unit_amount"] * quantity
    return shape(
        stripe.LineItem,
        id=identity,
        object="item",
        amount_discount=0,
        amount_subtotal=total,
        amount_tax=0,
        amount_total=total,
        currency=price["currency"],
        description=price["product_data"]["name"],
        quantity=quantity,
        discounts=[],
        taxes=[],
        metadata={},
    )


def session(identity: str, asked: Json, *, now: int, total: int, currency: str, url: str) -> Json:
    return shape(
        stripe.checkout.Session,
        id=identity,
        object="checkout.session",
        created=now,
        expires_at=asked["expires_at"],
        livemode=False,
        mode="payment",
        status="open",
        payment_status="unpaid",
        amount_subtotal=total,
        amount_total=total,
        currency=currency,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        cancel_url=asked.get("cancel_url"),
        success_url=asked["success_url"],
        client_reference_id=asked.get("client_reference_id"),
        custom_fields=[],
        custom_text=shape(stripe.checkout.Session.CustomText),
        customer_creation="if_required",
        customer_email=asked.get("customer_email"),
        invoice_creation={"enabled": False, "invoice_data": _invoice_data()},
        metadata=asked.get("metadata") or {},
        payment_method_collection="if_required",
        payment_method_options={},
        allowed_payment_method_types=asked.get("allowed_payment_method_types"),
        payment_method_types=asked.get("allowed_payment_method_types") or ["card"],
        phone_number_collection={"enabled": False},
        shipping_options=[],
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        ui_mode="hosted_page",
        url=url,
    )


def _invoice_data() -> Json:
    return shape(stripe.checkout.Session.InvoiceCreation.InvoiceData, metadata={})


def intent(identity: str, *, now: int, amount: int, currency: str, asked: Json, types: list[str]) -> Json:
    return shape(
        stripe.PaymentIntent,
        id=identity,
        object="payment_intent",
        amount=amount,
        amount_capturable=0,
        amount_details={"tip": {"amount": None}},
        amount_received=0,
        capture_method="automatic_async",
        client_secret=f"{identity}_secret_simulated",
        confirmation_method="automatic",
        created=now,
        currency=currency,
        description=asked.get("description"),
        livemode=False,
        metadata=asked.get("metadata") or {},
        payment_method_options={
            "card": shape(stripe.PaymentIntent.PaymentMethodOptions.Card, request_three_d_secure="automatic")
        },
        payment_method_types=types,
        status="requires_payment_method",
    )


def charge(identity: str, intent: Json, *, now: int, paid: bool, card: Json, transaction: str | None) -> Json:
    return shape(
        stripe.Charge,
        id=identity,
        object="charge",
        amount=intent["amount"],
        amount_captured=intent["amount"] if paid else 0,
        amount_refunded=0,
        balance_transaction=transaction,
        billing_details=shape(stripe.Charge.BillingDetails, address=_address(), **PAYER),
        captured=paid,
        created=now,
        currency=intent["currency"],
        description=intent["description"],
        disputed=False,
        failure_code=None if paid else "card_declined",
        failure_message=None if paid else "Your card was declined.",
        fraud_details={},
        livemode=False,
        metadata=intent["metadata"],
        outcome=_outcome(paid=paid, decline_code=card["decline_code"]),
        paid=paid,
        payment_intent=intent["id"],
        payment_method=intent["payment_method"],
        payment_method_details={"type": "card", "card": _card_details(card["last4"])},
        radar_options={},
        refunded=False,
        status="succeeded" if paid else "failed",
    )


def _address() -> Json:
    return shape(stripe.Charge.BillingDetails.Address, country="GB", postal_code="BS1 4DJ")


def _outcome(*, paid: bool, decline_code: str | None) -> Json:
    return shape(
        stripe.Charge.Outcome,
        type="authorized" if paid else "issuer_declined",
        network_status="approved_by_network" if paid else "declined_by_network",
        reason=None if paid else decline_code,
        risk_level="normal",
        seller_message="Payment complete." if paid else "The bank did not return any further details.",
    )


def _card_details(last4: str) -> Json:
    checks = shape(stripe.Charge.PaymentMethodDetails.Card.Checks, cvc_check="pass")
    return shape(
        stripe.Charge.PaymentMethodDetails.Card,
        brand="visa",
        checks=checks,
        country="GB",
        exp_month=12,
        exp_year=2040,
        funding="credit",
        last4=last4,
        network="visa",
    )


def payment_error(charge: Json, decline_code: str) -> Json:
    """`last_payment_error` of an intent."""
    return {
        "type": "card_error",
        "code": charge["failure_code"],
        "decline_code": decline_code,
        "message": charge["failure_message"],
        "charge": charge["id"],
        "doc_url": "https://docs.stripe.com/error-codes/card-declined",
    }


def refund(identity: str, charge: Json, asked: Json, *, now: int, amount: int, transaction: str | None) -> Json:
    reference = shape(stripe.Refund.DestinationDetails.Card, type="refund", reference_status="pending")
    return shape(
        stripe.Refund,
        id=identity,
        object="refund",
        amount=amount,
        balance_transaction=transaction,
        charge=charge["id"],
        created=now,
        currency=charge["currency"],
        destination_details={"type": "card", "card": reference},
        metadata=asked.get("metadata") or {},
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        reason=asked.get("reason"),
        status="succeeded",
    )


def dispute(identity: str, charge: Json, *, now: int, reason: str, due_by: int, status: str) -> Json:
    details = stripe.Dispute.EvidenceDetails
    case = "inquiry" if status.startswith("warning") else "chargeback"
    return shape(
        stripe.Dispute,
        id=identity,
        object="dispute",
        amount=charge["amount"],
        balance_transactions=[],
        charge=charge["id"],
        created=now,
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence=shape(stripe.Dispute.Evidence, enhanced_evidence={}),
        evidence_details=shape(
            details,
            due_by=due_by,
            enhanced_eligibility={},
            has_evidence=False,
            past_due=False,
            submission_count=0,
            submission_method="not_submitted",
        ),
        is_charge_refundable=case == "inquiry",
        livemode=False,
        metadata={},
        payment_intent=charge["payment_intent"],
        payment_method_details={"type": "card", "card": _dispute_card(case)},
        reason=reason,
        status=status,
    )


def _dispute_card(case: str) -> Json:
    card = stripe.Dispute.PaymentMethodDetails.Card
    return shape(card, brand="visa", case_type=case, network="visa", network_reason_code="10.4")


def customer() -> Json:
    """Whoever has paid, as Stripe knows them."""
    return shape(stripe.checkout.Session.CustomerDetails, tax_exempt="none", tax_ids=[], **PAYER)


def transaction(identity: str, *, now: int, amount: int, currency: str, kind: str, source: str) -> Json:
    """What an object adds to the balance, or takes from it; no fees here."""
    return shape(
        stripe.BalanceTransaction,
        id=identity,
        object="balance_transaction",
        amount=amount,
        available_on=now,
        balance_type="payments",
        created=now,
        currency=currency,
        fee=0,
        fee_details=[],
        net=amount,
        reporting_category={"adjustment": "dispute"}.get(kind, kind),
        source=source,
        status="available",
        type=kind,
    )


def event(identity: str, kind: str, about: Json, *, now: int, version: str, request: Json | None) -> Json:
    return shape(
        stripe.Event,
        id=identity,
        object="event",
        api_version=version,
        created=now,
        data={"object": about},
        livemode=False,
        pending_webhooks=1,
        request=cast("Json", request or {"id": None, "idempotency_key": None}),
        type=kind,
    )

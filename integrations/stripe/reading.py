"""From the SDK's objects to ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import stripe
import stripe.checkout

from integrations.stripe.objects import Charge, CheckoutSession, Dispute, Event, PaymentIntent, Refund

# Stripe's ids have far fewer.
MOST_LETTERS = 120


def session(found: stripe.checkout.Session) -> CheckoutSession:
    return CheckoutSession(
        id=found.id,
        url=found.url,
        status=found.status or "",
        payment_status=found.payment_status,
        intent_id=_id(found.payment_intent),
        amount_minor=found.amount_total or 0,
        currency=found.currency or "",
        expires_at=_instant(found.expires_at),
        reference=found.client_reference_id,
        metadata=_metadata(found.metadata),
        created_at=_instant(found.created),
        livemode=found.livemode,
    )


def intent(found: stripe.PaymentIntent) -> PaymentIntent:
    error = found.last_payment_error
    return PaymentIntent(
        id=found.id,
        status=found.status,
        amount_minor=found.amount,
        received_minor=found.amount_received,
        currency=found.currency,
        charge_id=_id(found.latest_charge),
        metadata=_metadata(found.metadata),
        failure_code=(getattr(error, "decline_code", None) or getattr(error, "code", None)) if error else None,
        created_at=_instant(found.created),
        livemode=found.livemode,
    )


def charge(found: stripe.Charge) -> Charge:
    return Charge(
        id=found.id,
        status=found.status,
        intent_id=_id(found.payment_intent),
        amount_minor=found.amount,
        captured_minor=found.amount_captured,
        refunded_minor=found.amount_refunded,
        currency=found.currency,
        disputed=found.disputed,
        created_at=_instant(found.created),
        livemode=found.livemode,
    )


def refund(found: stripe.Refund) -> Refund:
    return Refund(
        id=found.id,
        status=found.status or "",
        amount_minor=found.amount,
        currency=found.currency,
        intent_id=_id(found.payment_intent),
        charge_id=_id(found.charge),
        reason=found.reason,
        # Stripe leaves it out where there was no failure.
        failure_reason=getattr(found, "failure_reason", None),
        metadata=_metadata(found.metadata),
        created_at=_instant(found.created),
    )


def dispute(found: stripe.Dispute) -> Dispute:
    due_by = found.evidence_details.due_by
    return Dispute(
        id=found.id,
        status=found.status,
        amount_minor=found.amount,
        currency=found.currency,
        intent_id=_id(found.payment_intent),
        charge_id=_id(found.charge) or "",
        reason=found.reason,
        due_by=_instant(due_by) if due_by else None,
        has_evidence=found.evidence_details.has_evidence,
        is_charge_refundable=found.is_charge_refundable,
        created_at=_instant(found.created),
        livemode=found.livemode,
    )


def event(found: Mapping[str, Any]) -> Event:
    """From the plain JSON of an event. Raises `KeyError` and the like where it is none."""
    about = found["data"]["object"]
    kind, identity = _word(about["object"]), about.get("id")
    if identity is not None:
        identity = _word(identity)
    named = _id(about.get("payment_intent"))
    return Event(
        id=_word(found["id"]),
        type=_word(found["type"]),
        created_at=_instant(int(found["created"])),
        object_type=kind,
        object_id=identity,
        intent_id=identity if kind == "payment_intent" else named and _word(named),
        session_id=identity if kind == "checkout.session" else None,
        livemode=bool(found["livemode"]),
    )


def _word(value: Any) -> str:
    """An id or a type as Stripe makes them: what the database could not keep, or would keep as something else, is
    none. Raises `ValueError`."""
    if (
        not isinstance(value, str)
        or not 0 < len(value) <= MOST_LETTERS
        or not (value.isascii() and value.isprintable())
    ):
        raise ValueError("no id")
    return str(value)


def _id(reference: Any) -> str | None:
    """The id of an object that is named or, where somebody has asked for it, written out."""
    if isinstance(reference, Mapping):
        return str(reference["id"])
    return getattr(reference, "id", reference)


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _metadata(found: Any) -> Mapping[str, str]:
    return {str(key): str(value) for key, value in (found.to_dict() if found else {}).items()}

"""What we keep of Stripe's objects: nothing about people. Amounts in minor units, instants aware and in UTC.

Words for statuses are Stripe's own and may be ones that we do not know yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class CheckoutSession:
    """One invitation to pay on Stripe's page."""

    id: str
    url: str | None
    """Where to pay; None once it is complete or expired."""
    status: str
    """open, complete, expired."""
    payment_status: str
    """unpaid, paid, no_payment_required."""
    intent_id: str | None
    """None until somebody has tried to pay."""
    amount_minor: int
    currency: str
    expires_at: datetime
    reference: str | None
    """`client_reference_id`: our own id of what is paid for."""
    metadata: Mapping[str, str]
    created_at: datetime
    livemode: bool


@dataclass(frozen=True, kw_only=True)
class PaymentIntent:
    id: str
    status: str
    """requires_payment_method, requires_confirmation, requires_action, processing, requires_capture, canceled,
    succeeded."""
    amount_minor: int
    received_minor: int
    currency: str
    charge_id: str | None
    """The latest charge, which failed unless the intent has succeeded."""
    metadata: Mapping[str, str]
    failure_code: str | None
    """Why the last try to pay failed: the bank's decline code where there is one, such as "insufficient_funds"."""
    created_at: datetime
    livemode: bool


@dataclass(frozen=True, kw_only=True)
class Charge:
    id: str
    status: str
    """succeeded, pending, failed."""
    intent_id: str | None
    amount_minor: int
    captured_minor: int
    refunded_minor: int
    currency: str
    disputed: bool
    created_at: datetime
    livemode: bool


@dataclass(frozen=True, kw_only=True)
class Refund:
    id: str
    status: str
    """pending, requires_action, succeeded, failed, canceled."""
    amount_minor: int
    currency: str
    intent_id: str | None
    charge_id: str | None
    reason: str | None
    failure_reason: str | None
    metadata: Mapping[str, str]
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Dispute:
    id: str
    status: str
    """warning_needs_response, warning_under_review, warning_closed, needs_response, under_review, won, lost,
    prevented, appeal_needs_response, appeal_under_review."""
    amount_minor: int
    currency: str
    intent_id: str | None
    charge_id: str
    reason: str
    due_by: datetime | None
    """Until when evidence is taken; None where none is wanted (any more)."""
    has_evidence: bool
    is_charge_refundable: bool
    """Whether Stripe would still send back anything of the charge: not while the bank has money of it, nor after a loss
    of a part (refundability is the charge's, not the disputed part's)."""
    created_at: datetime
    livemode: bool


@dataclass(frozen=True, kw_only=True)
class Event:
    """That something happened to an object. What is true of the object is asked of Stripe, never read from here."""

    id: str
    type: str
    created_at: datetime
    object_type: str
    """Stripe's name of it: checkout.session, payment_intent, charge, refund, dispute, and ones unknown to us."""
    object_id: str | None
    intent_id: str | None
    """Of the intent that the object is, or that it names."""
    session_id: str | None
    livemode: bool

"""What a message about money says: doctor, time, place and reference of the appointment, and amounts; never why."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.states import Scope
from billing.models import Complaint, Payment, Refund
from billing.states import RefundReason
from booking.policies import helps_with
from booking.selectors import appointment_facts
from notifications.services import Outgoing

_LATE = frozenset({RefundReason.LATE, RefundReason.DUPLICATE})


def refund_promised(refund: Refund) -> list[Outgoing]:
    """To the patient, and to whoever paid, where the money goes back by itself and nobody else has said so."""
    kind = "payment_came_late" if refund.reason in _LATE else "refund_promised"
    return _to_payers(refund.payment, kind, refund.public_id.hex, {"amount": refund.amount_minor})


def refund_made(refund: Refund) -> list[Outgoing]:
    return _to_payers(refund.payment, "refund_made", refund.public_id.hex, {"amount": refund.amount_minor})


def payment_received(payment: Payment) -> list[Outgoing]:
    return _to_payers(payment, "payment_received", payment.public_id.hex, {"amount": payment.captured_minor})


def _to_payers(payment: Payment, kind: str, name: str, more: dict[str, Any]) -> list[Outgoing]:
    appointment = payment.appointment
    facts = appointment_facts(appointment) | {
        "currency": payment.currency,
        "path": reverse("billing:payments"),
        **more,
    }
    people = {appointment.patient.user, payment.started_by if payment.is_online else None} - {None}
    return [
        Outgoing(kind=kind, user=person, facts=facts, dedupe_key=f"{kind}:{name}:{person.pk}")
        for person in sorted(people, key=lambda one: one.pk if one else 0)
        if person is not None and helps_with(person, appointment, Scope.PAY)
    ]


def complaint_decided(complaint: Complaint) -> list[Outgoing]:
    """To whoever complained; the answer itself stays behind the sign-in."""
    facts = appointment_facts(complaint.appointment) | {"path": reverse("billing:payments")}
    key = f"complaint_decided:{complaint.public_id.hex}"
    return [Outgoing(kind="complaint_decided", user=complaint.opened_by, facts=facts, dedupe_key=key)]

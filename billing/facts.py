"""What a message about money says: doctor, time, place and reference of the appointment, and amounts; never why."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.states import Scope
from billing.models import Complaint, Payment, Refund
from billing.selectors import has_open_dispute, left_to_pay
from billing.states import DROPPED_FOR, RefundReason
from booking.models import Appointment
from booking.policies import helps_with
from booking.selectors import about_appointment, appointment_facts
from notifications.services import Outgoing

_LATE = frozenset({RefundReason.LATE, RefundReason.DUPLICATE})


def refund_promised(refund: Refund) -> list[Outgoing]:
    """To the patient, and to whoever paid: that it is on its way, or waits for what a bank decides.

    Nothing while a second officer has to agree, for that one may say no.
    """
    if not refund.is_agreed:
        return []
    kind = "payment_came_late" if refund.reason in _LATE else "refund_promised"
    if refund.payment.is_online and has_open_dispute(refund.payment):
        kind = "refund_waits"
    return _of_refund(refund, kind)


def refund_made(refund: Refund) -> list[Outgoing]:
    return _of_refund(refund, "refund_made")


def refund_failed(refund: Refund) -> list[Outgoing]:
    return _of_refund(refund, "refund_failed")


def refund_dropped(refund: Refund) -> list[Outgoing]:
    """To whoever was told of it: by a message of its own, or by the answer to a complaint."""
    is_told = refund.is_agreed or refund.reason == RefundReason.COMPLAINT
    return _of_refund(refund, "refund_dropped", {"why": DROPPED_FOR.get(refund.failure, "")}) if is_told else []


def refund_changed(refund: Refund, again: Refund | None) -> list[Outgoing]:
    """That a promise which was told of is another by now, or none: one message for both, with what `rest` goes back and
    how. One that has grown is told of as it is."""
    if again is None:
        return refund_dropped(refund)
    if again.amount_minor > refund.amount_minor:
        return refund_promised(again)
    if not again.is_agreed:
        return []
    waits = again.payment.is_online and has_open_dispute(again.payment)
    rest = {"rest": again.amount_minor, "by_hand": again.by_hand, "waits": waits}
    return _of_refund(refund, "refund_dropped", {"why": DROPPED_FOR.get(refund.failure, ""), **rest})


def _of_refund(refund: Refund, kind: str, more: dict[str, Any] | None = None) -> list[Outgoing]:
    """`at_the_desk` where the clinic gives it back itself, `by_hand` where it does so of what was paid online."""
    facts = {"amount": refund.amount_minor, "at_the_desk": not refund.payment.is_online, "by_hand": refund.by_hand}
    # Whoever read that it is on its way hears that it comes by another.
    name = f"{refund.public_id.hex}{'-by-hand' if refund.by_hand and refund.attempts else ''}"
    return _to_payers(refund.payment, kind, name, facts | (more or {}))


def payment_received(payment: Payment) -> list[Outgoing]:
    """`left` is what nobody has paid yet, which is paid at the clinic."""
    more = {"amount": payment.captured_minor, "left": left_to_pay(payment.appointment)}
    return _to_payers(payment, "payment_received", payment.public_id.hex, more)


def payment_taken_back(payment: Payment) -> list[Outgoing]:
    """That the desk's entry was a mistake, so that whoever did pay hears of it; `cancelled` where its receipt is."""
    more = {"amount": payment.amount_minor, "cancelled": not payment.captured_minor}
    return _to_payers(payment, "payment_taken_back", payment.public_id.hex, more)


def difference_due(appointment: Appointment, due_minor: int) -> list[Outgoing]:
    """To the patient, with the way to pay: it has become a visit that costs more than was paid."""
    patient = appointment.patient.user
    path = reverse("billing:pay", args=[appointment.public_id])
    money = {"amount": due_minor, "currency": appointment.currency, "path": path}
    facts = appointment_facts(appointment) | money
    key = f"difference_due:{appointment.public_id}:{appointment.calendar_sequence}"
    about = about_appointment(appointment)
    told = Outgoing(kind="difference_due", user=patient, facts=facts, dedupe_key=key, about=about)
    return [told] if patient else []


def _to_payers(payment: Payment, kind: str, name: str, more: dict[str, Any]) -> list[Outgoing]:
    appointment = payment.appointment
    facts = appointment_facts(appointment) | {
        "currency": payment.currency,
        "path": reverse("billing:payments"),
        **more,
    }
    about = about_appointment(appointment)
    people = {appointment.patient.user, payment.started_by if payment.is_online else None} - {None}
    return [
        Outgoing(kind=kind, user=person, facts=facts, dedupe_key=f"{kind}:{name}:{person.pk}", about=about)
        for person in sorted(people, key=lambda one: one.pk if one else 0)
        if person is not None and helps_with(person, appointment, Scope.PAY)
    ]


def complaint_decided(complaint: Complaint) -> list[Outgoing]:
    """To whoever complained; the answer itself stays behind the sign-in."""
    facts = appointment_facts(complaint.appointment) | {"path": reverse("billing:payments")}
    key = f"complaint_decided:{complaint.public_id.hex}"
    about = about_appointment(complaint.appointment)
    return [
        Outgoing(kind="complaint_decided", user=complaint.opened_by, facts=facts, dedupe_key=key, about=about),
    ]

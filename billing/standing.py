"""What a payment looks like to whoever pays, in plain words; nothing is said that Stripe has not told us itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from billing.models import Payment
from billing.selectors import Sums
from billing.states import OPEN, Outcome, PaymentStatus
from booking.models import Appointment
from booking.states import STANDING, CancelReason, PendingReason, Status
from common.money import Money
from common.templatetags.when import moment

_AGAIN = "You do not need to pay again."
# Who pays for a time did not wait for it to be given away.
_GIVEN_UP = frozenset({CancelReason.PATIENT, CancelReason.WITHDRAWN})


@dataclass(frozen=True, kw_only=True)
class Standing:
    """`kind` is an alert's; `is_settled` says that nothing will change by waiting; `can_pay` that paying helps."""

    kind: str
    title: str
    text: str
    is_settled: bool = True
    can_pay: bool = False


def standing_of(
    appointment: Appointment,
    payment: Payment | None,
    *,
    sums: Sums,
    now: datetime,
    since: datetime | None = None,
) -> Standing:
    """`payment` is the one to tell of. `since` is when the person came back from paying: what Stripe has said after
    that is known.
    """
    if payment is not None and payment.status == PaymentStatus.REVIEW:
        text = f"Something does not add up, and a person looks at it now. {_AGAIN}"
        return Standing(kind="warning", title="We are checking your payment", text=text)
    if payment is not None and payment.status == PaymentStatus.REQUIRES_PAYMENT_METHOD and _is_heard(payment, since):
        payment = None
    if appointment.status == Status.BOOKED and sums.due:
        is_open = payment is not None and payment.status in OPEN
        is_ahead = now < appointment.start
        return _difference_due(Money(sums.due, appointment.currency), is_open=is_open, is_ahead=is_ahead)
    if payment is None or payment.status == PaymentStatus.CANCELED:
        return _unpaid(appointment, sums, now)
    if payment.status == PaymentStatus.SUCCEEDED:
        return _paid(appointment, payment, sums, now)
    if appointment.status == Status.PENDING and not appointment.has_ended(now):
        text = f"This takes a moment, at most a minute or two. {_AGAIN}"
        return Standing(kind="info", title="We are confirming your payment", text=text, is_settled=False, can_pay=True)
    text = f"If you have paid, we book it or give all of it back within a few minutes. {_AGAIN}"
    return Standing(kind="info", title="We are checking whether you have paid", text=text, is_settled=False)


def _is_heard(payment: Payment, since: datetime | None) -> bool:
    return since is not None and payment.checked_at is not None and payment.checked_at > since


def _difference_due(due: Money, *, is_open: bool, is_ahead: bool) -> Standing:
    if is_open:
        text = f"If you have paid the {due}, this takes a moment, and you do not need to pay again."
        title = "We are checking your payment"
        return Standing(kind="info", title=title, text=text, is_settled=False, can_pay=is_ahead)
    if not is_ahead:
        text = "It can no longer be paid here. Please pay it at the clinic."
        return Standing(kind="warning", title=f"{due} is still to be paid", text=text)
    text = "Your appointment is booked, and has become a visit that costs more than you have paid."
    return Standing(kind="warning", title=f"{due} is still to be paid", text=text, can_pay=True)


def _paid(appointment: Appointment, payment: Payment, sums: Sums, now: datetime) -> Standing:
    amount = Money(payment.captured_minor, payment.currency)
    if payment.outcome == Outcome.REFUNDED:
        return _given_back(appointment, amount, sums)
    if appointment.status == Status.CANCELLED:
        return Standing(kind="info", title="This appointment is cancelled", text=_what_goes_back(appointment, sums))
    if appointment.status not in STANDING:
        return _paid_for_nothing(appointment, amount, due_minor=sums.due, now=now)
    left = _left(appointment, sums)
    text = f"Your appointment is booked. {left}" if appointment.status == Status.BOOKED else left
    if sums.by_banks:
        title = f"Your bank has given {Money(sums.by_banks, payment.currency)} of your payment back to you"
        return Standing(kind="info", title=title, text=text)
    return Standing(kind="success", title=f"We have received your payment of {amount}", text=text)


def _left(appointment: Appointment, sums: Sums) -> str:
    rest = Money(sums.left, appointment.currency)
    return f"{rest} is still to be paid, at the clinic." if sums.left else "There is nothing more to pay."


def _ended_title(appointment: Appointment) -> str:
    """In the words of its own page: what was never booked is not cancelled."""
    if appointment.is_given_up:
        return "This time was given up"
    is_withdrawn = appointment.cancel_reason == CancelReason.WITHDRAWN
    return "This request was withdrawn" if is_withdrawn else "This appointment is cancelled"


def _given_back(appointment: Appointment, amount: Money, sums: Sums) -> Standing:
    """Money that came when the time could not be had for it any more."""
    goes = "goes back to your card"
    if not sums.going_back and (sums.gone_back or sums.by_banks):
        goes = "has gone back to your card" if sums.gone_back else "has been given back to you by your bank"
    if appointment.status in STANDING:
        text = f"Your appointment is booked. This payment was one too many, so all of your {amount} {goes}. {_AGAIN}"
        return Standing(kind="info", title="You had paid already", text=text)
    if appointment.cancel_reason in _GIVEN_UP:
        text = f"It was given up before your payment came, so all of your {amount} {goes}. {_AGAIN}"
        return Standing(kind="info", title=_ended_title(appointment), text=text)
    text = f"Your payment came too late to book it, so all of your {amount} {goes}. {_AGAIN}"
    return Standing(kind="warning", title="We could not keep this time any longer", text=text)


def _what_goes_back(appointment: Appointment, sums: Sums) -> str:
    by_banks = Money(sums.by_banks, appointment.currency)
    told = [f"Your bank has given {by_banks} of what you paid back to you already."] if sums.by_banks else []
    if sums.going_back or sums.gone_back:
        told.append("What goes back is shown below.")
    return " ".join(told or ["By the terms of cancelling, nothing of what you paid goes back."])


def _paid_for_nothing(appointment: Appointment, amount: Money, *, due_minor: int, now: datetime) -> Standing:
    """Money that did not add up, and that a person has looked at: it goes back when the time is no longer kept."""
    title = f"Your payment of {amount} has not booked this appointment"
    if appointment.status != Status.PENDING or appointment.has_ended(now):
        text = "It did not fit what was asked for, and goes back to you."
        return Standing(kind="warning", title=title, text=text)
    until = moment(appointment.expires_at, appointment.location.zone)
    if due_minor:
        text = f"{Money(due_minor, appointment.currency)} is missing. We are keeping your time for you until {until}."
        return Standing(kind="warning", title=title, text=text, can_pay=True)
    text = f"It did not fit what was asked for. At {until} we stop keeping the time, and all of it goes back to you."
    return Standing(kind="warning", title=title, text=text)


def _unpaid(appointment: Appointment, sums: Sums, now: datetime) -> Standing:
    if appointment.status == Status.PENDING and not appointment.has_ended(now):
        if appointment.pending_reason == PendingReason.APPROVAL:
            text = "The doctor has not answered your request. We email you when there is something to pay."
            return Standing(kind="info", title="There is nothing to pay yet", text=text)
        until = moment(appointment.expires_at, appointment.location.zone)
        text = f"Nothing was taken from your card. We are keeping your time for you until {until}."
        return Standing(kind="info", title="This is not paid yet", text=text, can_pay=True)
    if appointment.status == Status.CANCELLED and appointment.cancel_reason in _GIVEN_UP:
        return Standing(kind="info", title=_ended_title(appointment), text="Nothing was taken from your card.")
    if appointment.status in (Status.PENDING, Status.CANCELLED):
        text = "Nothing was taken from your card. You can choose another time."
        return Standing(kind="warning", title="We could not keep this time any longer", text=text)
    return Standing(kind="info", title="There is nothing to pay online", text=_left(appointment, sums))

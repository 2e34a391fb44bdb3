"""What a payment looks like to whoever pays, in plain words; nothing is said that Stripe has not told us itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from billing.models import Payment
from billing.states import OPEN, Outcome, PaymentStatus
from booking.models import Appointment
from booking.states import STANDING, PendingReason, Status
from common.money import Money
from common.templatetags.when import clock_time, date_time, local_time

_AGAIN = "You do not need to pay again."


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
    due_minor: int,
    left_minor: int = 0,
    now: datetime,
    since: datetime | None = None,
) -> Standing:
    """`payment` is the one to tell of; `due_minor` is what is to be paid online now and has not come, `left_minor`
    what nobody has paid yet at all.

    `since` is when the person came back from paying: what Stripe has said after that is known.
    """
    if payment is not None and payment.status == PaymentStatus.REVIEW:
        text = f"Something does not add up, and a person looks at it now. {_AGAIN}"
        return Standing(kind="warning", title="We are checking your payment", text=text)
    if payment is not None and payment.status == PaymentStatus.REQUIRES_PAYMENT_METHOD and _is_heard(payment, since):
        payment = None
    if appointment.status == Status.BOOKED and due_minor:
        is_open = payment is not None and payment.status in OPEN
        is_ahead = now < appointment.start
        return _difference_due(Money(due_minor, appointment.currency), is_open=is_open, is_ahead=is_ahead)
    if payment is None or payment.status == PaymentStatus.CANCELED:
        return _unpaid(appointment, now)
    if payment.status == PaymentStatus.SUCCEEDED:
        return _paid(appointment, payment, due_minor=due_minor, left_minor=left_minor, now=now)
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


def _paid(appointment: Appointment, payment: Payment, *, due_minor: int, left_minor: int, now: datetime) -> Standing:
    amount = Money(payment.captured_minor, payment.currency)
    if payment.outcome == Outcome.REFUNDED:
        text = f"Your payment came too late to book it, so all of your {amount} goes back to your card. {_AGAIN}"
        return Standing(kind="warning", title="We could not keep this time any longer", text=text)
    if appointment.status == Status.CANCELLED:
        return Standing(kind="info", title="This appointment is cancelled", text="What goes back is shown below.")
    if appointment.status not in STANDING:
        return _paid_for_nothing(appointment, amount, due_minor=due_minor, now=now)
    is_ahead = appointment.status == Status.BOOKED
    rest = Money(left_minor, appointment.currency)
    left = f"{rest} is still to be paid, at the clinic." if left_minor else "There is nothing more to pay."
    title = f"We have received your payment of {amount}"
    return Standing(kind="success", title=title, text=f"Your appointment is booked. {left}" if is_ahead else left)


def _paid_for_nothing(appointment: Appointment, amount: Money, *, due_minor: int, now: datetime) -> Standing:
    """Money that did not add up, and that a person has looked at: it goes back when the time is no longer kept."""
    title = f"Your payment of {amount} has not booked this appointment"
    if appointment.status != Status.PENDING or appointment.has_ended(now):
        text = "It did not fit what was asked for, and goes back to you."
        return Standing(kind="warning", title=title, text=text)
    until = _until(appointment, now)
    if due_minor:
        text = f"{Money(due_minor, appointment.currency)} is missing. We are keeping your time for you until {until}."
        return Standing(kind="warning", title=title, text=text, can_pay=True)
    text = f"It did not fit what was asked for. At {until} we stop keeping the time, and all of it goes back to you."
    return Standing(kind="warning", title=title, text=text)


def _unpaid(appointment: Appointment, now: datetime) -> Standing:
    if appointment.status == Status.PENDING and not appointment.has_ended(now):
        if appointment.pending_reason == PendingReason.APPROVAL:
            text = "The doctor has not answered your request. We email you when there is something to pay."
            return Standing(kind="info", title="There is nothing to pay yet", text=text)
        text = f"Nothing was taken from your card. We are keeping your time for you until {_until(appointment, now)}."
        return Standing(kind="info", title="This is not paid yet", text=text, can_pay=True)
    if appointment.status in (Status.PENDING, Status.CANCELLED):
        text = "Nothing was taken from your card. You can choose another time."
        return Standing(kind="warning", title="We could not keep this time any longer", text=text)
    return Standing(kind="info", title="There is nothing to pay online", text="Anything else is paid at the clinic.")


def _until(appointment: Appointment, now: datetime) -> str:
    """With its day where that is not today."""
    ends, zone = appointment.expires_at, appointment.location.zone
    assert ends is not None, "the database refuses a wait without an end"
    is_today = local_time(ends, zone).date() == local_time(now, zone).date()
    return clock_time(ends, zone) if is_today else date_time(ends, zone)

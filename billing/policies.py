from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.policies import has_role, may_act_for
from accounts.roles import Role
from accounts.states import Scope
from billing.models import Complaint, Payment
from billing.states import PaymentStatus
from booking.models import Appointment
from booking.policies import helps_with, works_at
from booking.selectors import appointment_for
from common import clock
from common.errors import Forbidden, NotFound

AnyUser = User | AnonymousUser

_OWNER_MAY = frozenset({"view_payment", "pay_payment"})


def owns(user: User, codename: str, payment: Payment) -> bool:
    """A payment is the patient's whose appointment it is for, and open to carers whom the patient lets pay."""
    return codename in _OWNER_MAY and helps_with(user, payment.appointment, Scope.PAY)


def can_pay_for(user: AnyUser, appointment: Appointment) -> bool:
    """For themselves, or as a carer whom the patient lets pay."""
    return helps_with(user, appointment, Scope.PAY)


def can_record_payment(user: AnyUser, appointment: Appointment) -> bool:
    """Write down what was taken at the desk: the staff of the place, and nobody of their own visit."""
    return works_at(user, appointment) and not is_own_money(user, appointment)


def appointment_paid_by(user: AnyUser, appointment_id: UUID) -> Appointment:
    """An appointment that the person may pay for. Raises `NotFound` for every other, whoever may see it."""
    appointment = appointment_for(user, appointment_id)
    if not can_pay_for(user, appointment):
        raise NotFound("We cannot find that appointment.")
    return appointment


def appointment_at_desk_of(user: AnyUser, appointment_id: UUID) -> Appointment:
    """An appointment of which the person may write down payments. Raises `NotFound` for every other."""
    appointment = appointment_for(user, appointment_id)
    if not can_record_payment(user, appointment):
        raise NotFound("We cannot find that appointment.")
    return appointment


def can_take_back(user: AnyUser, payment: Payment, *, now: datetime) -> bool:
    """Take back what the desk wrote down by mistake: the staff of the place while its day lasts on the clinic's
    calendar, before the till is counted; later a billing officer does it."""
    return is_of_today(payment, now=now) and can_record_payment(user, payment.appointment)


def is_of_today(payment: Payment, *, now: datetime) -> bool:
    """Whether it counts as an entry of the desk that was written down today."""
    is_entry = not payment.is_online and payment.status == PaymentStatus.SUCCEEDED
    return is_entry and clock.clinic_day(payment.created_at) == clock.clinic_day(now)


def is_billing_officer(user: AnyUser) -> bool:
    return has_role(user, Role.BILLING_OFFICER)


def may_see_sums(user: AnyUser) -> bool:
    """Sums of all and counts of what waits, of nobody in particular: the clinic's administrators too."""
    return is_billing_officer(user) or has_role(user, Role.ADMINISTRATOR)


def assert_billing_officer(user: AnyUser) -> None:
    """Raises `Forbidden`."""
    if not is_billing_officer(user):
        raise Forbidden("billing_officers_only", "Only billing officers can do this.")


OWN_MONEY = "This is about your own money, so a colleague must do it."


def is_own_money(user: AnyUser, appointment: Appointment) -> bool:
    """Of themselves, or of a patient whom they help: about that nobody decides."""
    return may_act_for(user, appointment.patient, Scope.SEE)


def assert_others_money(user: User, payment: Payment) -> None:
    """Nobody decides about their own money. Raises `Forbidden`."""
    if is_own_money(user, payment.appointment):
        raise Forbidden("own_money", OWN_MONEY)


def assert_others_complaint(user: User, complaint: Complaint) -> None:
    """As `assert_others_money`. Raises `Forbidden`."""
    if is_own_money(user, complaint.appointment):
        raise Forbidden("own_money", OWN_MONEY)

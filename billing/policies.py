from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.policies import has_role, may_act_for
from accounts.roles import Role
from accounts.states import Scope
from billing.models import Complaint, Payment
from booking.models import Appointment
from booking.policies import helps_with, works_at
from common.errors import Forbidden

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
    return works_at(user, appointment) and not may_act_for(user, appointment.patient, Scope.SEE)


def is_billing_officer(user: AnyUser) -> bool:
    return has_role(user, Role.BILLING_OFFICER)


def assert_billing_officer(user: AnyUser) -> None:
    """Raises `Forbidden`."""
    if not is_billing_officer(user):
        raise Forbidden("billing_officers_only", "Only billing officers can do this.")


def assert_others_money(user: User, payment: Payment) -> None:
    """Nobody decides about their own money, or of a patient whom they help. Raises `Forbidden`."""
    if may_act_for(user, payment.appointment.patient, Scope.SEE):
        raise Forbidden("own_money", "This is about your own money, so a colleague must do it.")


def assert_others_complaint(user: User, complaint: Complaint) -> None:
    """As `assert_others_money`. Raises `Forbidden`."""
    if may_act_for(user, complaint.appointment.patient, Scope.SEE):
        raise Forbidden("own_money", "This is about your own money, so a colleague must do it.")

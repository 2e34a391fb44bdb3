"""Who may do what to which appointment, and the cancellation policy in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser

from accounts.models import Patient, User
from accounts.policies import has_role, may_act_for
from accounts.roles import Role
from accounts.selectors import cared_for, patient_of
from accounts.states import Scope
from booking.links import Link, Proof, mailbox_of
from booking.models import Appointment, BookingSettings, CalendarFeed
from booking.states import BY_THE_PRACTICE, CANCELLABLE, MOVABLE, CancelReason, PendingReason, Status
from common.errors import Forbidden
from common.money import Money
from common.templatetags.when import date_time
from doctors.models import Doctor, VisitType
from doctors.policies import is_staff_of

_PATIENT_MAY = frozenset({"view_appointment", "cancel_appointment", "move_appointment", "share_appointment"})
_DOCTOR_MAY = frozenset({"view_appointment", "cancel_appointment", "move_appointment", "answer_appointment"})
_CARER_MAY = {"view_appointment": Scope.SEE, "cancel_appointment": Scope.BOOK, "move_appointment": Scope.BOOK}
_CLINIC_MAY = frozenset({"view_appointment", "cancel_appointment", "move_appointment"})

AnyUser = User | AnonymousUser

_ALWAYS_FREE = "You can cancel free of charge until your appointment starts."
# Of what is paid at the clinic: whether it is charged, and how much, is between the clinic and the patient.
_AFTERWARDS = "After that the clinic may charge you."
# In a frozen policy: how many percent of what was paid online go back where the patient cancels late.
LATE_REFUND = "late_refund_percent"


def owns(user: User, codename: str, appointment: Appointment) -> bool:
    """What the foreign keys give (the patient's rights and the treating doctor's), and the two rules of membership:

    the patient's carers, and the staff of the place (docs/decisions/0009).
    """
    by_patient = codename in _PATIENT_MAY and appointment.patient.user_id == user.pk
    by_doctor = codename in _DOCTOR_MAY and treats(user, appointment.doctor)
    if by_patient or by_doctor:
        return True
    if codename in _CARER_MAY and helps_with(user, appointment, _CARER_MAY[codename]):
        return True
    return codename in _CLINIC_MAY and works_at(user, appointment)


def helps_with(user: AnyUser, appointment: Appointment, scope: Scope) -> bool:
    """As the patient, or as a carer whom the patient lets do that: of a confidential visit the patient alone."""
    if appointment.is_confidential:
        return isinstance(user, User) and appointment.patient.user_id == user.pk
    return may_act_for(user, appointment.patient, scope)


def treats(user: AnyUser, doctor: Doctor) -> bool:
    """Whether the person is that doctor and may work as one: a suspension or a refusal takes that at once.

    So does the loss of the role.
    """
    is_theirs = isinstance(user, User) and doctor.user_id == user.pk and not doctor.is_barred
    return is_theirs and has_role(user, Role.DOCTOR)


def can_book_for(user: AnyUser, patient: Patient) -> bool:
    """For themselves, or for somebody who lets them book as a carer."""
    return may_act_for(user, patient, Scope.BOOK)


def works_at(user: AnyUser, appointment: Appointment) -> bool:
    """Whether the person is clinic staff of the place. It opens the diary, and nothing that is written down there."""
    return isinstance(user, User) and has_role(user, Role.CLINIC_STAFF) and is_staff_of(user, appointment.location_id)


def can_cancel(user: AnyUser, appointment: Appointment) -> bool:
    """The right alone; whether the appointment can still be cancelled is its state's matter."""
    return user.has_perm("booking.cancel_appointment", appointment)


def can_cancel_now(user: AnyUser, appointment: Appointment, *, now: datetime) -> bool:
    """The right, and an appointment that can still be cancelled: what a page asks before it offers the button."""
    is_open = appointment.status in CANCELLABLE and not is_too_late_to_cancel(user, appointment, now=now)
    return is_open and can_cancel(user, appointment)


def is_too_late_to_cancel(user: AnyUser, appointment: Appointment, *, now: datetime) -> bool:
    """Once a booked visit has started only its doctor and the clinic can cancel it."""
    has_started = appointment.status == Status.BOOKED and appointment.start <= now
    return has_started and not (acts_as_doctor(user, appointment) or acts_for_clinic(user, appointment))


def can_move(user: AnyUser, appointment: Appointment) -> bool:
    """The right alone to give it another time; whether it can still have one is its state's and policy's matter."""
    return user.has_perm("booking.move_appointment", appointment)


def can_move_now(user: AnyUser, appointment: Appointment, *, now: datetime) -> bool:
    """The right, and an appointment that can still be moved: what a page asks before it offers the button."""
    is_open = appointment.status in MOVABLE and now < appointment.start
    return is_open and not is_too_late_to_move(user, appointment, now=now) and can_move(user, appointment)


def can_change_visit(user: AnyUser, appointment: Appointment) -> bool:
    """Make it another kind of visit: whoever comes, or a carer who books. Its price is theirs, not the practice's."""
    return can_move(user, appointment) and not acts_for_practice(user, appointment)


def can_change_visit_now(user: AnyUser, appointment: Appointment, *, now: datetime) -> bool:
    """The right, and an appointment that can still be moved: what a page asks before it offers the button."""
    return can_move_now(user, appointment, now=now) and can_change_visit(user, appointment)


def policy_changed(
    policy: dict[str, Any], visit_type: VisitType, *, start: datetime, settings: BookingSettings
) -> dict[str, Any]:
    """The policy of an appointment that becomes another kind of visit: frozen anew, as its price is.

    What was paid online before keeps a rule for late cancelling, though the new kind is paid at the clinic.
    """
    new = cancellation_policy(visit_type, start=start, settings=settings)
    if LATE_REFUND in policy and LATE_REFUND not in new:
        return {**new, "version": 2, LATE_REFUND: settings.late_refund_percent}
    return new


def is_too_late_to_move(user: AnyUser, appointment: Appointment, *, now: datetime) -> bool:
    """Whoever comes may move a visit for as long as cancelling it costs nothing, the practice until it starts."""
    return not acts_for_practice(user, appointment) and not is_free_to_cancel(appointment.policy, now=now)


def place_tied_to(user: AnyUser, appointment: Appointment) -> int | None:
    """The key of the place where the person may move it: the desk keeps its own diary, everybody else may choose."""
    return appointment.location_id if acts_for_clinic(user, appointment) else None


def can_read_reason(user: AnyUser, appointment: Appointment) -> bool:
    """Why somebody comes is for the patient and the doctor: for no carer, no colleague, and nobody by a grant."""
    return user.is_authenticated and (appointment.patient.user_id == user.pk or treats(user, appointment.doctor))


def can_read_needs(user: AnyUser, appointment: Appointment) -> bool:
    """What somebody needs in order to come is for whoever prepares the visit, the desk included, and for whoever may
    book for the patient: it is no medical record. Nobody reads it by a grant."""
    knows = can_read_reason(user, appointment) or works_at(user, appointment)
    return knows or can_book_for(user, appointment.patient)


def can_extend(user: AnyUser, appointment: Appointment) -> bool:
    """Keep a time for longer that waits for payment: the patient, or a carer who books."""
    return can_book_for(user, appointment.patient)


def can_extend_now(user: AnyUser, appointment: Appointment, *, now: datetime) -> bool:
    """The right, and a hold that can be kept for longer: what a page asks before it offers the button."""
    ends = appointment.expires_at
    waits = appointment.status == Status.PENDING and appointment.pending_reason == PendingReason.PAYMENT
    if not waits or ends is None or appointment.hold_extended_at is not None:
        return False
    return now < ends < appointment.start and can_extend(user, appointment)


def can_share(user: AnyUser, appointment: Appointment) -> bool:
    """The patient only: whoever it was shared with cannot pass it on."""
    return user.has_perm("booking.share_appointment", appointment)


def can_answer(user: AnyUser, appointment: Appointment) -> bool:
    """Approve or decline a request: the treating doctor."""
    return user.has_perm("booking.answer_appointment", appointment)


def can_manage_availability(user: AnyUser, doctor: Doctor) -> bool:
    """The doctor, verified or not yet: a calendar can be prepared before it opens."""
    return treats(user, doctor)


def can_have_feed(user: AnyUser, kind: str) -> bool:
    """Make an address for one's own appointments, or for one's diary; and what it opens, asked at each fetch:

    a closed account, a suspension or the loss of the role shuts it at once.
    """
    if not (isinstance(user, User) and user.is_active):
        return False
    if kind == CalendarFeed.Kind.PATIENT:
        return patient_of(user) is not None
    doctor: Doctor | None = getattr(user, "doctor", None)
    return kind == CalendarFeed.Kind.DOCTOR and doctor is not None and treats(user, doctor)


def link_holds(link: Link | None, appointment: Appointment | None, *, now: datetime) -> bool:
    """Whether a link of a mail still leads to this appointment: as it was when the mail was written, before its start,
    and in the mailbox that is the account's today. The date of birth is asked besides."""
    if link is None or appointment is None or link.appointment_id != appointment.public_id:
        return False
    owner = appointment.patient.user
    is_as_told = appointment.status == Status.BOOKED and appointment.calendar_sequence == link.sequence
    is_owners = owner is not None and owner.is_active and mailbox_of(owner) == link.mailbox
    return is_as_told and is_owners and now < appointment.start


def link_opens(proof: Proof | None, appointment: Appointment, *, now: datetime) -> bool:
    """The one right that a link gives once the date of birth was right: to deal with this appointment as its patient.

    It holds for minutes, and for nothing else of that patient.
    """
    owner = appointment.patient.user
    is_for_this = proof is not None and proof.appointment_id == appointment.public_id and now < proof.until
    return is_for_this and owner is not None and owner.is_active


def acts_as_doctor(user: AnyUser, appointment: Appointment) -> bool:
    """Whether the person is the treating doctor and not the patient of this appointment."""
    return treats(user, appointment.doctor) and appointment.patient.user_id != user.pk


def acts_for_clinic(user: AnyUser, appointment: Appointment) -> bool:
    """Whether the person acts as staff of the place: not where they are the patient, the carer or the doctor."""
    return works_at(user, appointment) and bool(not_ones_own(user, [appointment]))


def not_ones_own(user: AnyUser, appointments: Iterable[Appointment]) -> list[Appointment]:
    """Those in which the person is neither patient nor carer nor doctor. One statement, however many they are."""
    helped = frozenset(cared_for(user, Scope.SEE).values_list("pk", flat=True))
    return [
        row
        for row in appointments
        if user.pk not in (row.patient.user_id, row.doctor.user_id) and row.patient_id not in helped
    ]


def acts_for_practice(user: AnyUser, appointment: Appointment) -> bool:
    """Whether the person deals with the appointment at work: as its doctor, or at the desk of its place."""
    return acts_as_doctor(user, appointment) or acts_for_clinic(user, appointment)


def assert_may_cancel_for_clinic(user: User) -> None:
    """For whoever decides about doctors: verification officers and administrators. Raises `Forbidden`."""
    if not user.has_perm("verification.decide_verificationcase"):
        raise Forbidden("not_an_officer", "Only verification officers can do this.")


def may_read_register(user: AnyUser) -> bool:
    """See which appointments there are, of nobody by name: administrators, and no superuser without that role."""
    return has_role(user, Role.ADMINISTRATOR)


def may_close(user: AnyUser) -> bool:
    """Say when a place is shut: whoever keeps the place itself, which administrators do."""
    return user.has_perm("doctors.change_location")


def assert_may_close(user: AnyUser) -> None:
    """Raises `Forbidden`."""
    if not may_close(user):
        raise Forbidden("administrators_only", "Only an administrator can change when a place is closed.")


# Stripe takes no smaller payment in pounds (docs.stripe.com/currencies, "Minimum and maximum charge amounts").
LEAST_ONLINE_MINOR = 30


def taken_online(amount_minor: int) -> int:
    """An amount as it can be asked for online: 0 where it is too small for that, and is paid at the clinic."""
    return amount_minor if amount_minor >= LEAST_ONLINE_MINOR else 0


def amount_due(visit_type: VisitType, settings: BookingSettings) -> int:
    """What has to be paid online before a visit of the type stands (minor units): its deposit, else its price."""
    if settings.pay_at_clinic:
        return 0
    return taken_online(visit_type.price_minor if visit_type.deposit_minor is None else visit_type.deposit_minor)


AFTER_A_YES = "once the doctor has said yes"


def price_told(price_minor: int, due_minor: int, currency: str, *, is_asked_for: bool = False) -> str:
    """A price with what of it is paid when, such as "£60: £20 now, £40 at the clinic".

    For what is `is_asked_for` nothing is paid before the doctor has said yes.
    """
    price, due, rest = (Money(minor, currency) for minor in (price_minor, due_minor, price_minor - due_minor))
    if not price_minor:
        return "Free"
    if not due_minor:
        return f"{price}, paid at the clinic"
    if rest.minor:
        return f"{price}: {due} {AFTER_A_YES if is_asked_for else 'now'}, {rest} at the clinic"
    return f"{price}, paid {AFTER_A_YES if is_asked_for else 'when you book'}"


def payment_terms(visit_type: VisitType, settings: BookingSettings) -> str:
    """What of a visit type's price is due when, before a time is chosen; empty where nothing is paid online."""
    due_minor = amount_due(visit_type, settings)
    due, rest = (Money(minor, visit_type.currency) for minor in (due_minor, visit_type.price_minor - due_minor))
    if not due_minor:
        return ""
    when = AFTER_A_YES if visit_type.needs_approval else "when you book"
    return f"You pay {due} {when} and {rest} at the clinic." if rest.minor else f"You pay {due} {when}."


def cancellation_policy(visit_type: VisitType, *, start: datetime, settings: BookingSettings) -> dict[str, Any]:
    """The policy as it is frozen on an appointment: until which instant (ISO, UTC) cancelling is free of charge.

    Of what is paid online also how many percent go back after that (version 2).
    """
    free_until = start - timedelta(hours=settings.free_cancellation_hours)
    policy = {
        "version": 1,
        "free_hours": settings.free_cancellation_hours,
        "free_until": free_until.isoformat() if visit_type.price_minor else start.isoformat(),
    }
    if not amount_due(visit_type, settings):
        return policy
    return {**policy, "version": 2, LATE_REFUND: settings.late_refund_percent}


def policy_moved(
    policy: dict[str, Any], *, old_start: datetime, start: datetime, by_practice: bool, now: datetime
) -> dict[str, Any]:
    """A frozen policy whose date follows the appointment to its new start; everything else stays as it was agreed.

    Nobody pays for a time that the practice chose too near to be declined free of charge.
    """
    free_until = datetime.fromisoformat(policy["free_until"]) + (start - old_start)
    if by_practice and free_until < now:
        free_until = start
    return {**policy, "free_until": free_until.isoformat()}


def is_free_to_cancel(policy: dict[str, Any], *, now: datetime) -> bool:
    """Whether a frozen policy lets the patient cancel free of charge at this instant."""
    return now <= datetime.fromisoformat(policy["free_until"])


def cancellation_sentence(policy: dict[str, Any], *, start: datetime, now: datetime, zone: str) -> str:
    """A policy with its date, as people read it; `now` is when they do (or the booking, in a message)."""
    free_until = datetime.fromisoformat(policy["free_until"])
    if free_until >= start:
        return _ALWAYS_FREE
    percent = policy.get(LATE_REFUND)
    if free_until <= now:
        costs = "the clinic may charge you" if percent is None else f"you get back {_share(percent)} of what you paid"
        return f"You can cancel until your appointment starts, but {costs}."
    return f"You can cancel free of charge until {date_time(free_until, zone)}. {_afterwards(percent)}"


def _afterwards(percent: int | None) -> str:
    return _AFTERWARDS if percent is None else f"After that you get back {_share(percent)} of what you paid."


def _share(percent: int) -> str:
    return {0: "nothing", 50: "half", 100: "all"}.get(percent, f"{percent}%")


def moving_sentence(policy: dict[str, Any], *, start: datetime, now: datetime, zone: str) -> str:
    """Until when whoever comes may change the time, and what holds after it."""
    free_until = datetime.fromisoformat(policy["free_until"])
    if free_until >= start:
        return "You can change the time until your appointment starts."
    if free_until < now:
        return f"You could change the time here until {date_time(free_until, zone)}. Now please call the clinic."
    return f"You can change the time until {date_time(free_until, zone)}. After that, please call the clinic."


def cancellation_terms(visit_type: VisitType, settings: BookingSettings) -> str:
    """The policy of a visit type, before a time is chosen."""
    hours = settings.free_cancellation_hours
    if not visit_type.price_minor or not hours:
        return _ALWAYS_FREE
    percent = settings.late_refund_percent if amount_due(visit_type, settings) else None
    return f"You can cancel free of charge until {hours} hour{'' if hours == 1 else 's'} before. {_afterwards(percent)}"


def cost_of_ending(appointment: Appointment) -> str:
    """What is to be paid for an appointment that was cancelled, or that waited in vain, in words for everybody."""
    free_until = datetime.fromisoformat(appointment.policy["free_until"])
    cancelled_at = appointment.cancelled_at
    cancel_reason = appointment.cancel_reason
    if cancel_reason != CancelReason.PATIENT or cancelled_at is None or cancelled_at <= free_until:
        goes_back = appointment.amount_due_minor and cancel_reason in {CancelReason.PATIENT, *BY_THE_PRACTICE}
        return "Nothing to pay: what was paid ahead goes back in full" if goes_back else "Nothing to pay"
    late = f"as it was cancelled after {date_time(free_until, appointment.location.zone)}"
    percent = appointment.policy.get(LATE_REFUND)
    if percent is not None:
        # What people gave back beside the policy, and what banks took, is billing's to say.
        return f"By the policy {_share(percent)} of what was paid goes back, {late}"
    return f"The clinic may charge for it, {late}"

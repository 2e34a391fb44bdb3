"""Why a time cannot be booked, in words, and the way on from there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.db.models import Q

from accounts.models import Patient, User
from accounts.selectors import patients_to_book_for
from booking import selectors
from booking.errors import SlotTaken
from booking.models import Appointment, standing_at
from booking.slots import Slot
from booking.states import PendingReason, Status
from booking.views.choice import Choice
from common.errors import DomainError
from common.templatetags.when import date_time


@dataclass(frozen=True, kw_only=True)
class Problem:
    """`own` is the appointment that stands in the way, `can_confirm` that the same form may well succeed."""

    title: str
    text: str
    status: int = HTTPStatus.CONFLICT
    kind: str = "warning"
    alternatives: list[Slot] = field(default_factory=list)
    own: Appointment | None = None
    can_confirm: bool = False
    shows_list: bool = False


def problem_before(choice: Choice, patient: Patient | None, user: User, *, now: datetime) -> Problem | None:
    """What can be known before the form is sent, and whom it is for if that is known; the service has the last word."""
    own = _own_at(choice, patient, user, now)
    if own is not None:
        return _own(choice, own, user)
    if choice.due_online and not settings.PAYMENT_PROVIDER:
        # Nobody is led into a hold that they have no way to pay.
        return Problem(
            title="This visit cannot be booked online at the moment",
            text=f"It has to be paid for in advance. Please call {choice.location.name} on {choice.location.phone}.",
        )
    offered = selectors.slot_offered(
        doctor=choice.doctor,
        visit_type=choice.visit_type,
        location_id=choice.location.pk,
        start=choice.start,
        now=now,
    )
    if offered:
        return None
    gone = _gone(choice, now, title="That time is no longer free")
    return (
        replace(gone, text="Choose one of the nearest free times, or see all of them.") if gone.alternatives else gone
    )


def problem_of(error: DomainError, choice: Choice, patient: Patient | None, user: User, *, now: datetime) -> Problem:
    """What the service said, for the person who asked."""
    own = _own_at(choice, patient, user, now)
    if own is not None:
        return _own(choice, own, user)
    if isinstance(error, SlotTaken):
        return _gone(choice, now, title="That time has just been taken", alternatives=error.alternatives)
    if error.code == "slot_not_offered":
        return _gone(choice, now, title="That time can no longer be booked", status=error.status)
    return _refusal(error)


def _refusal(error: DomainError) -> Problem:
    """A refusal that is not about the time."""
    if error.code == "idempotency_key_reused":
        text = "You have sent it for another time. If you want this time as well, confirm it."
        return Problem(title="This form was sent before", text=text, status=error.status, can_confirm=True)
    if error.code == "too_many_bookings":
        title = "You have asked for many bookings in a short time"
        text = "Nothing that you have typed is lost. Confirm it in an hour, or call the clinic."
        return Problem(title=title, text=text, status=error.status, can_confirm=True)
    if error.code in ("too_many_holds", "too_many_visits"):
        return Problem(title="You have too many open bookings", text=error.message, shows_list=True)
    return Problem(
        title="We could not book this time",
        text=error.message,
        status=error.status,
        kind="error",
        can_confirm=error.code == "busy",
    )


def _gone(
    choice: Choice,
    now: datetime,
    *,
    title: str,
    alternatives: list[Slot] | None = None,
    status: int = HTTPStatus.CONFLICT,
) -> Problem:
    if alternatives is None:
        alternatives = selectors.nearest_alternatives(
            doctor=choice.doctor, visit_type=choice.visit_type, start=choice.start, now=now
        )
    text = (
        "Nothing that you have typed is lost. Book one of the nearest free times below, or see all of them."
        if alternatives
        else "There is no other free time near it. See all free times, or try another kind of visit."
    )
    return Problem(title=title, text=text, alternatives=alternatives, status=status)


def _own_at(choice: Choice, patient: Patient | None, user: User, now: datetime) -> Appointment | None:
    """What stands in the way of the person whom it is for; where that is not said yet, only this very visit, which
    nobody else whom the user helps can have any more."""
    overlaps = Q(patient=patient, start__lt=choice.end, end__gt=choice.start)
    if patient is None:
        overlaps = Q(patient__in=patients_to_book_for(user), doctor=choice.doctor, start=choice.start)
    return selectors.appointments_visible_to(user, filters=standing_at(now) & overlaps).first()


def _own(choice: Choice, own: Appointment, user: User) -> Problem:
    is_users = own.patient.user_id == user.pk
    if choice.is_of(own):
        return _this_very(own, is_users=is_users)
    when = date_time(own.start, own.location.zone)
    text = f"It is with {own.doctor.name}, {when}. Cancel it first, or choose another time."
    who = "You already have" if is_users else f"{own.patient.name} already has"
    return Problem(title=f"{who} an appointment at that time", text=text, own=own)


def _this_very(own: Appointment, *, is_users: bool) -> Problem:
    """As from a second tab: what was done in the first, and what is left to do."""
    title = "You have booked this time already" if is_users else f"{own.patient.name} has this time already"
    text = "There is nothing more to do."
    if own.pending_reason == PendingReason.PAYMENT and own.status == Status.PENDING:
        title = "This time is kept already"
        text = "It is booked as soon as it is paid for."
    elif own.status == Status.PENDING:
        title = "This time is asked for already"
        text = "It waits for the doctor’s answer, of which you are told by email."
    return Problem(title=title, text=text, own=own)

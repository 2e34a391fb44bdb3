from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.access_needs import AccessNeeds, needs_told
from accounts.models import User
from accounts.policies import SignedInRequest, may_act_for
from accounts.selectors import carers_of, invitations_to
from accounts.states import Scope
from booking import facts, policies, selectors, services
from booking.attendance import can_be_corrected
from booking.forms import ShareForm
from booking.models import Appointment
from booking.states import MOVABLE, STANDING, PendingReason, Status
from booking.views.cancelling import policy_sentence
from booking.views.holding import hold_context
from common import clock
from common.money import Money
from doctors.selectors import portraits_of
from integrations.calendars import to_ics
from notifications.selectors import messages_about

SHOWN = 10
PAST_SHOWN = 5
MOST_SHOWN = 500


@require_safe
@login_required
def appointment_list(request: SignedInRequest) -> HttpResponse:
    """What comes next first, then what waits for something, then what lies ahead, then the latest of what is over.

    `ahead` says how much of what lies ahead. Others' say whose they are.
    """
    now = clock.now()
    ahead, mine = selectors.lies_ahead(now), Q(patient__user=request.user)
    waits = Q(status=Status.PENDING)
    ahead_shown = _shown(request)
    own, more_own = _rows(request, ahead & mine & ~waits, ahead_shown)
    shared, more_shared = _rows(request, ahead & ~mine, ahead_shown)
    past = selectors.appointments_behind(request.user, now=now, size=PAST_SHOWN)
    context = {
        "offered": selectors.shares_offered_to(request.user, now=now),
        "asked": invitations_to(request.user).exists(),
        "next": own[:1],
        "waiting": _rows(request, ahead & mine & waits, MOST_SHOWN)[0],
        "later": own[1:],
        "shared": shared,
        "past": past.rows,
        "has_more_past": past.has_next,
        "ahead_next": _next_shown(ahead_shown, is_more=more_own or more_shared),
    }
    return render(request, "booking/appointment_list.html", context)


def _rows(request: SignedInRequest, filters: Q, shown: int) -> tuple[list[Appointment], bool]:
    """So many of the appointments that the reader has not as a doctor, the next first, and whether there are more."""
    wanted = filters & ~Q(doctor__user=request.user)
    found = list(selectors.appointments_visible_to(request.user, filters=wanted, limit=shown + 1, at_work=False))
    return found[:shown], len(found) > shown


def _shown(request: HttpRequest) -> int:
    wanted = request.GET.get("ahead", "")
    return min(max(int(wanted), SHOWN), MOST_SHOWN) if wanted.isdecimal() and len(wanted) < 5 else SHOWN  # noqa: PLR2004


def _next_shown(shown: int, *, is_more: bool) -> int | None:
    return min(shown + SHOWN, MOST_SHOWN) if is_more and shown < MOST_SHOWN else None


@require_safe
@login_required
def appointment_detail(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    appointment = selectors.appointment_for(request.user, appointment_id)
    services.appointment_viewed(actor=request.user, appointment=appointment)
    return show_appointment(request, appointment, ShareForm())


def show_appointment(
    request: SignedInRequest, appointment: Appointment, share_form: ShareForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    """The appointment with what this person may do to it."""
    now = clock.now()
    held = hold_context(request, appointment, now=now)
    standing = held["standing"]
    can_share = policies.can_share(request.user, appointment)
    is_treating = policies.acts_as_doctor(request.user, appointment)
    is_clinic = policies.acts_for_clinic(request.user, appointment)
    waits = appointment.status == Status.PENDING and standing.is_open
    context = held | {
        "portrait": portraits_of([appointment.doctor_id]).get(appointment.doctor_id, ""),
        "is_treating": is_treating,
        "is_clinic": is_clinic,
        "at_work": is_treating or is_clinic,
        "told": messages_about(selectors.about_appointment(appointment)) if is_treating or is_clinic else (),
        "can_answer": waits
        and appointment.pending_reason == "approval"
        and policies.can_answer(request.user, appointment),
        "can_cancel": standing.is_open and policies.can_cancel_now(request.user, appointment, now=now),
        "can_move": policies.can_move_now(request.user, appointment, now=now),
        "can_change_visit": policies.can_change_visit_now(request.user, appointment, now=now),
        # Both lead to billing, which says what was paid and what is left.
        "takes_money": appointment.price_minor and appointment.status in STANDING,
        "may_give_back": appointment.price_minor and appointment.status == Status.CANCELLED,
        "shows_payment": appointment.price_minor and not waits and _pays(request, appointment),
        "may_owe": appointment.amount_due_minor and appointment.status == Status.BOOKED and _pays(request, appointment),
        "moving_sentence": _moving_sentence(request.user, appointment, now),
        "can_correct": (is_treating or is_clinic) and can_be_corrected(appointment, now=now),
        "can_share": can_share,
        "can_conceal": _can_conceal(request.user, appointment),
        "can_share_anew": can_share and standing.is_open,
        "can_read_reason": policies.can_read_reason(request.user, appointment),
        "needs": _needs(request.user, appointment),
        "shares": selectors.shares_of(appointment) if can_share else [],
        "share_form": share_form,
        "policy_sentence": policy_sentence(appointment),
        "price_told": _cost_of_ending(appointment, now) or _price_told(appointment),
    }
    return render(request, "booking/appointment_detail.html", context, status=status)


def _can_conceal(user: User, appointment: Appointment) -> bool:
    """To the patient whom nobody helps, nor has been asked to, there is nobody to keep it from."""
    is_own = appointment.patient.user_id == user.pk
    return is_own and (appointment.is_confidential or carers_of(appointment.patient).exists())


def _pays(request: SignedInRequest, appointment: Appointment) -> bool:
    """Whether billing answers the reader: the patient, and carers whom the patient lets pay."""
    return may_act_for(request.user, appointment.patient, Scope.PAY)


def _needs(viewer: User, appointment: Appointment) -> AccessNeeds:
    return needs_told(appointment) if policies.can_read_needs(viewer, appointment) else AccessNeeds()


def _price_told(appointment: Appointment) -> str:
    """Whether what was due online is paid is billing's to say, and stands where it puts it."""
    price, due, currency = appointment.price_minor, appointment.amount_due_minor, appointment.currency
    if appointment.status != Status.PENDING and due:
        rest = f": {Money(due, currency)} when it was booked, {Money(price - due, currency)} at the clinic"
        return f"{Money(price, currency)}{rest if price > due else ''}"
    is_asked_for = appointment.pending_reason == PendingReason.APPROVAL
    return policies.price_told(price, due, currency, is_asked_for=is_asked_for)


def _cost_of_ending(appointment: Appointment, now: datetime) -> str:
    has_ended = appointment.status == Status.CANCELLED or appointment.has_ended(now)
    return policies.cost_of_ending(appointment) if has_ended else ""


def _moving_sentence(viewer: User, appointment: Appointment, now: datetime) -> str:
    """Until when whoever comes may change the time; the practice needs no telling."""
    is_ahead = appointment.status in MOVABLE and now < appointment.start
    if not is_ahead or policies.acts_for_practice(viewer, appointment) or not policies.can_move(viewer, appointment):
        return ""
    return policies.moving_sentence(
        appointment.policy, start=appointment.start, now=now, zone=appointment.location.zone
    )


@require_safe
@login_required
def calendar_file(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    appointment = selectors.appointment_for(request.user, appointment_id)
    event = facts.calendar_event(appointment, now=clock.now())
    content = to_ics(event, "CANCEL" if event.is_cancelled else "PUBLISH")
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{appointment.reference}.ics"
    )
    return response

"""Another kind of visit instead of the booked one: choose it, see what it costs and when it is, and confirm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.policies import SignedInRequest
from billing import selectors, services
from billing.policies import can_pay_for
from booking import policies
from booking.errors import SlotTaken
from booking.models import Appointment
from booking.selectors import Moving, appointment_for, nearest_alternatives, slot_offered
from booking.services import appointment_viewed
from common import clock, idempotency
from common.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from common.forms import SeenForm
from common.inputs import instant_or_none, uuid_or_none
from doctors.models import VisitType
from doctors.selectors import visit_types_of

if TYPE_CHECKING:
    from booking.slots import Slot


@dataclass(frozen=True, kw_only=True)
class Change:
    """What an address asks for; whether it can be had is the service's answer."""

    appointment: Appointment
    visit_type: VisitType
    start: datetime
    now: datetime

    @property
    def end(self) -> datetime:
        return self.start + self.visit_type.duration

    @property
    def difference(self) -> selectors.Difference:
        return selectors.difference_to(self.appointment, self.visit_type, start=self.start, now=self.now)

    @property
    def _moving(self) -> Moving:
        return Moving(self.appointment, self.appointment.location_id, may_stay=True)

    @property
    def is_offered(self) -> bool:
        appointment = self.appointment
        return bool(
            slot_offered(
                doctor=appointment.doctor,
                visit_type=self.visit_type,
                location_id=appointment.location_id,
                start=self.start,
                now=self.now,
                moving=self._moving,
            )
        )

    @property
    def alternatives(self) -> list[Slot]:
        return nearest_alternatives(
            doctor=self.appointment.doctor,
            visit_type=self.visit_type,
            start=self.start,
            now=self.now,
            moving=self._moving,
        )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change_visit(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    """Without a kind of visit in the address those to choose from, with one what it means, and the button.

    One that its time does not suit is answered with the nearest times that do. What is due more is paid next.
    """
    now = clock.now()
    appointment = appointment_for(request.user, appointment_id)
    if not policies.can_change_visit(request.user, appointment):
        raise NotFound("We cannot find that appointment.")
    try:
        asked = _asked(request, appointment, now)
    except Invalid as error:
        return _show(request, appointment, None, error if request.method == "POST" or request.GET else None)
    if request.method == "POST":
        return _changed(request, asked)
    return _show(request, appointment, asked)


def _asked(request: SignedInRequest, appointment: Appointment, now: datetime) -> Change:
    wanted = uuid_or_none(request.GET.get("visit_type", "")) or UUID(int=0)
    # What is sent twice may be the kind that it is by now: the service then changes nothing.
    found = visit_types_of(appointment.doctor) if request.method == "POST" else selectors.other_visits(appointment)
    visit_type = found.filter(public_id=wanted).first()
    if visit_type is None:
        raise Invalid("visit_type_unknown", "That kind of visit cannot be chosen now. Choose one of those below.")
    start = instant_or_none(request.GET.get("start", "")) or appointment.start
    return Change(appointment=appointment, visit_type=visit_type, start=start, now=now)


def _changed(request: SignedInRequest, change: Change) -> HttpResponse:
    appointment_id = change.appointment.public_id
    try:
        _change_once(request, change, SeenForm(request.POST))
    except (Conflict, Invalid, Forbidden) as error:
        appointment = appointment_for(request.user, appointment_id)
        anew = replace(change, appointment=appointment)
        return _show(request, appointment, anew, error)
    messages.success(request, f"Your appointment is now: {change.visit_type.name}.")
    appointment = appointment_for(request.user, appointment_id)
    is_due = selectors.is_payable(appointment, now=clock.now())
    return redirect("billing:pay" if is_due else "booking:appointment_detail", appointment_id)


def _change_once(request: SignedInRequest, change: Change, form: SeenForm) -> None:
    if not form.is_valid():
        raise Invalid("invalid", "This form was not whole. Please look at it again, and confirm.")
    seen, kind = form.cleaned_data["seen"], change.visit_type.public_id
    appointment_id = change.appointment.public_id

    def run() -> Appointment:
        return services.visit_change(
            actor=request.user,
            appointment_id=appointment_id,
            visit_type_id=kind,
            start=change.start,
            seen_sequence=seen,
        )

    asked = {"do": "change", "appointment": appointment_id, "visit_type": kind, "start": change.start}
    idempotency.once(user=request.user, key=form.cleaned_data["idempotency_key"], fingerprint=asked, run=run)


def _show(
    request: SignedInRequest, appointment: Appointment, change: Change | None, refused: DomainError | None = None
) -> HttpResponse:
    now = clock.now()
    is_open = policies.can_change_visit_now(request.user, appointment, now=now)
    change = change if is_open else None
    appointment_viewed(actor=request.user, appointment=appointment)
    choices = selectors.other_visits(appointment) if is_open and change is None else ()
    is_gone = isinstance(refused, SlotTaken) or (refused is not None and refused.code == "slot_not_offered")
    fits = change is not None and not is_gone and change.is_offered
    difference = change.difference if change else None
    may_pay = can_pay_for(request.user, appointment)
    context = {
        "appointment": appointment,
        "is_open": is_open,
        # What was paid is told to whoever may pay alone.
        "may_pay": may_pay,
        "may_choose": may_pay or not (difference and difference.pay_minor),
        "choices": [selectors.difference_to(appointment, one, start=appointment.start, now=now) for one in choices],
        "change": change,
        "difference": difference,
        "fits": fits,
        "alternatives": change.alternatives if change and not fits else [],
        "form": SeenForm(initial={"seen": appointment.calendar_sequence}),
        "refused": refused,
    }
    return render(request, "billing/change.html", context, status=refused.status if refused else HTTPStatus.OK)

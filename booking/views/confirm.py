from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.policies import patient_required
from accounts.selectors import patient_of
from common import clock, idempotency
from common.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods
from doctors import selectors as doctors
from doctors.models import Doctor, Location, VisitType

from booking import policies, selectors, services
from booking.errors import SlotTaken
from booking.forms import BookingForm
from booking.models import Appointment
from booking.views.choose import chosen_visit_type


@dataclass(frozen=True)
class Choice:
    """The time that the address of the page names; whether it can be had is the service's answer."""

    doctor: Doctor
    visit_type: VisitType
    location: Location
    start: datetime

    @property
    def end(self) -> datetime:
        return self.start + self.visit_type.duration

    @property
    def policy_sentence(self) -> str:
        settings = selectors.booking_settings()
        policy = policies.cancellation_policy(self.visit_type, start=self.start, settings=settings)
        return policies.cancellation_sentence(policy, start=self.start, now=clock.now(), zone=self.location.zone)


@require_http_methods(["GET", "HEAD", "POST"])
@patient_required
def confirm(request: HttpRequest, doctor_slug: str) -> HttpResponse:
    """Check and book the chosen time. A time that is gone is answered with the nearest others, the form kept."""
    choice = _choice(request, doctor_slug)
    form = BookingForm(request.POST) if request.method == "POST" else BookingForm.fresh()
    try:
        if request.method == "POST" and form.is_valid():
            return redirect("booking:appointment_detail", _book(request, choice, form))
        _assert_still_free(choice)
    except (Conflict, Invalid, Forbidden) as error:
        return _show(request, choice, form, error)
    return _show(request, choice, form, Invalid("invalid", "") if form.is_bound else None)


def _choice(request: HttpRequest, doctor_slug: str) -> Choice:
    doctor = doctors.doctor_listed(doctor_slug)
    visit_type = chosen_visit_type(list(doctors.visit_types_of(doctor)), request.GET.get("visit_type"))
    start = _instant(request.GET.get("start", ""))
    if visit_type is None or start is None:
        raise NotFound("That time is not complete. Choose a time from the doctor's profile.")
    return Choice(doctor, visit_type, get_object_or_404(doctor.locations, slug=request.GET.get("location", "")), start)


def _instant(text: str) -> datetime | None:
    """Aware only: an instant without a zone could be two times."""
    try:
        instant = parse_datetime(text)
    except ValueError:
        return None
    return instant if instant and instant.tzinfo else None


def _book(request: HttpRequest, choice: Choice, form: BookingForm) -> object:
    patient = patient_of(request.user)
    assert patient is not None  # noqa: S101 - patient_required
    asked = {
        "patient_id": patient.public_id,
        "visit_type_id": choice.visit_type.public_id,
        "location_id": choice.location.pk,
        "start": choice.start,
        "reason": form.cleaned_data["reason"],
    }

    def run() -> Appointment:
        return services.appointment_book(actor=request.user, **asked)

    key = form.cleaned_data["idempotency_key"]
    return idempotency.once(user=request.user, key=key, fingerprint={"do": "book", **asked}, run=run).public_id


def _assert_still_free(choice: Choice) -> None:
    now = clock.now()
    about = {"doctor": choice.doctor, "visit_type": choice.visit_type, "start": choice.start, "now": now}
    if not selectors.slot_offered(location_id=choice.location.pk, **about):
        raise SlotTaken(selectors.nearest_alternatives(**about))


def _show(request: HttpRequest, choice: Choice, form: BookingForm, error: DomainError | None) -> HttpResponse:
    context = {
        "choice": choice,
        "form": form,
        "error": error,
        "taken": isinstance(error, SlotTaken),
        "alternatives": getattr(error, "alternatives", []),
        "locations": {location.pk: location for location in choice.doctor.locations.all()},
    }
    return render(request, "booking/confirm.html", context, status=error.status if error else 200)

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.policies import SignedInRequest, booker_required, tells_on_the_way
from accounts.selectors import patients_to_book_for
from booking import services
from booking.forms import BookingForm
from booking.models import Appointment
from booking.selectors import places_of
from booking.views.choice import Choice, choice_of, choice_told
from booking.views.problems import Problem, problem_before, problem_of
from common import clock, idempotency
from common.errors import Conflict, Invalid
from doctors.selectors import portraits_of


@tells_on_the_way(choice_told)
@require_http_methods(["GET", "HEAD", "POST"])
@booker_required
def confirm(request: SignedInRequest, doctor_slug: str) -> HttpResponse:
    """Check and book the chosen time. A time that is gone is answered with the nearest others, the form kept."""
    choice = choice_of(request.GET, doctor_slug)
    now = clock.now()
    if request.method != "POST":
        form = BookingForm(user=request.user, patients=patients_to_book_for(request.user))
        return _show(request, choice, form, problem_before(choice, form.booked_for, request.user, now=now))
    form = BookingForm(request.POST, user=request.user, patients=patients_to_book_for(request.user))
    if not form.is_valid():
        return _show(request, choice, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        return redirect("booking:appointment_detail", _book(request, choice, form))
    except (Conflict, Invalid) as error:
        problem = problem_of(error, choice, form.booked_for, request.user, now=now)
        is_used_up = error.code == "idempotency_key_reused"
        return _show(request, choice, form.renewed() if is_used_up else form, problem)


def _book(request: SignedInRequest, choice: Choice, form: BookingForm) -> UUID:
    patient = form.booked_for
    assert patient is not None, "a valid form"
    patient_id, reason = patient.public_id, form.cleaned_data["reason"]

    def run() -> Appointment:
        return services.appointment_book(
            actor=request.user,
            patient_id=patient_id,
            visit_type_id=choice.visit_type.public_id,
            location_id=choice.location.pk,
            start=choice.start,
            reason=reason,
        )

    asked = {
        "do": "book",
        "patient": patient_id,
        "visit_type": choice.visit_type.public_id,
        "location": choice.location.slug,
        "start": choice.start,
        "reason": reason,
    }
    key = form.cleaned_data["idempotency_key"]
    return idempotency.once(user=request.user, key=key, fingerprint=asked, run=run).public_id


def _show(
    request: SignedInRequest,
    choice: Choice,
    form: BookingForm,
    problem: Problem | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    alternatives = problem.alternatives if problem else []
    if problem and problem.own and form.asks_who:
        # It may well be meant for another of them.
        problem = replace(problem, can_confirm=True)
    context = {
        "choice": choice,
        "form": form,
        "problem": problem,
        # What was typed is shown again; where nothing was and nothing can be booked, there is nothing to fill in.
        "shows_form": problem is None or (form.is_bound and (problem.own is None or form.asks_who)),
        "patient": None if form.asks_who else form.booked_for,
        "portrait": portraits_of([choice.doctor.pk]).get(choice.doctor.pk, ""),
        "places": places_of(choice.doctor, alternatives),
        "steps": ["Choose a time", "Check", "Requested" if choice.visit_type.needs_approval else "Booked"],
    }
    return render(request, "booking/confirm.html", context, status=problem.status if problem else status)

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.asking import AccessNeedsFields
from accounts.policies import SignedInRequest, booker_required, tells_on_the_way
from accounts.selectors import consents_open, patients_to_book_for
from booking import services
from booking.errors import TooManyBookings
from booking.forms import BookingForm
from booking.haste import assert_no_haste
from booking.models import Appointment
from booking.selectors import places_of
from booking.validators import REASON_LENGTH
from booking.views.choice import Choice, choice_of, choice_told, steps_of
from booking.views.problems import Problem, problem_before, problem_of
from common import clock, idempotency
from common.errors import Conflict, DomainError, Invalid
from common.forms import show_refusal
from common.typed import typed_before, typed_is_kept
from doctors.selectors import portraits_of

_KEPT = frozenset({"idempotency_key", "patient", "reason", *AccessNeedsFields.base_fields})


def _is_kept(name: str) -> bool:
    return name in _KEPT or name.startswith("consent_")


@tells_on_the_way(choice_told)
@require_http_methods(["GET", "HEAD", "POST"])
@typed_is_kept(keeps=_is_kept, longest=2 * REASON_LENGTH)
@booker_required
def confirm(request: SignedInRequest, doctor_slug: str) -> HttpResponse:
    """Check and book the chosen time. A time that is gone is answered with the nearest others, the form kept."""
    choice = choice_of(request.GET, doctor_slug)
    now = clock.now()
    patients = patients_to_book_for(request.user)
    asked: dict[str, Any] = {"user": request.user, "patients": patients, "questions": consents_open(patients)}
    if request.method != "POST":
        form = BookingForm(typed=typed_before(request), **asked)
        return _show(request, choice, form, problem_before(choice, form.booked_for, request.user, now=now))
    form = BookingForm(request.POST, **asked)
    if not form.is_valid():
        return _show(request, choice, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        assert_no_haste(request.user)
        return redirect("booking:appointment_detail", _book(request, choice, form))
    except (Conflict, Invalid, TooManyBookings) as error:
        return _refused(request, choice, form, error)


def _refused(request: SignedInRequest, choice: Choice, form: BookingForm, error: DomainError) -> HttpResponse:
    if isinstance(error, Invalid) and error.fields:
        show_refusal(form, error)
        return _show(request, choice, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    problem = problem_of(error, choice, form.booked_for, request.user, now=clock.now())
    is_used_up = error.code == "idempotency_key_reused"
    return _show(request, choice, form.renewed() if is_used_up else form, problem)


def _book(request: SignedInRequest, choice: Choice, form: BookingForm) -> UUID:
    patient = form.booked_for
    assert patient is not None, "a valid form"
    asked: dict[str, Any] = {
        "patient_id": patient.public_id,
        "visit_type_id": choice.visit_type.public_id,
        "location_id": choice.location.pk,
        "start": choice.start,
        "reason": form.cleaned_data["reason"],
        "access_needs": form.needs_given,
        "agreed": form.agreed,
    }

    def run() -> Appointment:
        return services.appointment_book(actor=request.user, **asked)

    key = form.cleaned_data["idempotency_key"]
    # What was ticked, and not what is still open: the first of two presses has settled that.
    fingerprint = {"do": "book", **asked, "agreed": form.ticked}
    return idempotency.once(user=request.user, key=key, fingerprint=fingerprint, run=run).public_id


def _show(
    request: SignedInRequest,
    choice: Choice,
    form: BookingForm,
    problem: Problem | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    alternatives = problem.alternatives if problem else []
    if problem and problem.own and form.asks_who and not choice.is_of(problem.own):
        # It may well be meant for another of them, who is free then.
        problem = replace(problem, can_confirm=True)
    context = {
        "choice": choice,
        "form": form,
        "problem": problem,
        # What was typed is shown again; where nothing was and nothing can be booked, there is nothing to fill in.
        "shows_form": problem is None or (form.is_bound and (problem.own is None or problem.can_confirm)),
        "patient": None if form.asks_who else form.booked_for,
        "portrait": portraits_of([choice.doctor.pk]).get(choice.doctor.pk, ""),
        "places": places_of(choice.doctor, alternatives),
        "steps": steps_of(is_asked_for=choice.visit_type.needs_approval, due_online=choice.due_online),
        "was_kept": not form.is_bound and "reason" in form.initial,
    }
    return render(request, "booking/confirm.html", context, status=problem.status if problem else status)

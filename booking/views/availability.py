from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import SignedInRequest
from booking import selectors, services
from booking.forms import LeaveForm, OnceForm, RuleForm
from booking.models import AvailabilityException, AvailabilityRule
from common import clock, idempotency
from common.errors import Invalid
from common.forms import show_refusal
from common.models import PublicIdModel
from doctors.models import Doctor
from doctors.policies import practice_required
from doctors.selectors import doctor_of


@require_safe
@practice_required
def availability(request: SignedInRequest) -> HttpResponse:
    """The doctor's weekly windows and time off, with a form for one more of each."""
    doctor = doctor_of(request.user)
    return _show(request, doctor, RuleForm(doctor=doctor), LeaveForm())


def _show(request: SignedInRequest, doctor: Doctor, rule_form: RuleForm, leave_form: LeaveForm) -> HttpResponse:
    now = clock.now()
    found = selectors.availability_of(doctor, now=now)
    context = {
        "doctor": doctor,
        "rules": found.rules,
        "leave": selectors.with_affected(found.leave, now=now),
        "today": clock.clinic_day(now),
        "rule_form": rule_form,
        "leave_form": leave_form,
        "removal_key": idempotency.new_key(),
    }
    is_refused = rule_form.is_bound or leave_form.is_bound
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_refused else HTTPStatus.OK
    return render(request, "booking/availability.html", context, status=status)


@require_POST
@practice_required
def add_rule(request: SignedInRequest) -> HttpResponse:
    doctor = doctor_of(request.user)
    form = RuleForm(request.POST, doctor=doctor)

    def run() -> AvailabilityRule:
        data = form.cleaned_data
        return services.rule_add(
            actor=request.user,
            doctor_id=doctor.public_id,
            location_id=data["location"].pk,
            weekday=data["weekday"],
            start_time=data["start_time"],
            end_time=data["end_time"],
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
        )

    if not _added(request, form, run):
        return _show(request, doctor, form, LeaveForm())
    messages.success(request, "The weekly hours are added.")
    return redirect("booking:availability")


@require_POST
@practice_required
def add_leave(request: SignedInRequest) -> HttpResponse:
    doctor = doctor_of(request.user)
    form = LeaveForm(request.POST)

    def run() -> AvailabilityException:
        return services.leave_add(
            actor=request.user,
            doctor_id=doctor.public_id,
            start=form.start,
            end=form.end,
            note=form.cleaned_data["note"],
        )

    if not _added(request, form, run):
        return _show(request, doctor, RuleForm(doctor=doctor), form)
    messages.success(request, "The time off is added. Nobody can book it any more.")
    return redirect("booking:availability")


def _added(request: SignedInRequest, form: OnceForm, run: Callable[[], PublicIdModel]) -> bool:
    """Add what the form asks for, once; False with the messages on the form where it is refused."""
    if not form.is_valid():
        return False
    key = form.cleaned_data["idempotency_key"]
    fingerprint = {"do": type(form).__name__, **form.cleaned_data, "idempotency_key": ""}
    try:
        idempotency.once(user=request.user, key=key, fingerprint=fingerprint, run=run)
    except Invalid as error:
        show_refusal(form, error)
        return False
    return True


@require_POST
@practice_required
def remove_rule(request: SignedInRequest, rule_id: UUID) -> HttpResponse:
    _remove_once(request, rule_id, lambda: services.rule_remove(actor=request.user, rule_id=rule_id))
    messages.success(request, "The weekly hours are removed. Appointments in them stay as they are.")
    return redirect("booking:availability")


@require_POST
@practice_required
def remove_leave(request: SignedInRequest, leave_id: UUID) -> HttpResponse:
    _remove_once(request, leave_id, lambda: services.leave_remove(actor=request.user, leave_id=leave_id))
    messages.success(request, "The time off is removed. The hours can be booked again.")
    return redirect("booking:availability")


def _remove_once(request: SignedInRequest, row_id: UUID, remove: Callable[[], None]) -> None:
    """A button that is pressed twice is answered twice alike, though the second finds nothing to remove."""
    doctor = doctor_of(request.user)

    def run() -> Doctor:
        remove()
        return doctor

    key = request.POST.get("idempotency_key")
    # One key serves all the buttons of a page, so the row is a part of it.
    own_key = f"{key[: idempotency.MAX_KEY_LENGTH // 2]}:{row_id.hex}" if key else None
    idempotency.once(user=request.user, key=own_key, fingerprint={"remove": row_id}, run=run)

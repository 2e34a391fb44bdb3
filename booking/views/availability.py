from __future__ import annotations

from uuid import UUID

from accounts.policies import doctor_required
from common import clock
from common.errors import DomainError, Invalid
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from doctors import selectors as doctors

from booking import selectors, services
from booking.forms import LeaveForm, RuleForm


@require_safe
@doctor_required
def availability(request: HttpRequest) -> HttpResponse:
    """The doctor's weekly windows and days off, with a form for one more of each."""
    return _show(request)


def _show(
    request: HttpRequest, *, rule_form: RuleForm | None = None, leave_form: LeaveForm | None = None
) -> HttpResponse:
    doctor = doctors.doctor_of(request.user)
    now = clock.now()
    context = {
        "doctor": doctor,
        "availability": selectors.availability_of(doctor, now=now),
        "today": now.astimezone(clock.clinic_zone()).date(),
        "rule_form": rule_form or RuleForm(doctor=doctor),
        "leave_form": leave_form or LeaveForm(),
    }
    refused = bool(rule_form or leave_form)
    return render(request, "booking/availability.html", context, status=422 if refused else 200)


@require_POST
@doctor_required
def add_rule(request: HttpRequest) -> HttpResponse:
    doctor = doctors.doctor_of(request.user)
    form = RuleForm(request.POST, doctor=doctor)
    if not form.is_valid():
        return _show(request, rule_form=form)
    data = {**form.cleaned_data, "location_id": form.cleaned_data["location"].pk}
    data.pop("location")
    try:
        services.rule_add(actor=request.user, doctor_id=doctor.public_id, **data)
    except Invalid as error:
        add_errors(form, error)
        return _show(request, rule_form=form)
    messages.success(request, "The weekly hours are added.")
    return redirect("booking:availability")


@require_POST
@doctor_required
def remove_rule(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    services.rule_remove(actor=request.user, rule_id=rule_id)
    messages.success(request, "The weekly hours are removed. Appointments already booked stay as they are.")
    return redirect("booking:availability")


@require_POST
@doctor_required
def add_leave(request: HttpRequest) -> HttpResponse:
    form = LeaveForm(request.POST)
    if not form.is_valid():
        return _show(request, leave_form=form)
    doctor = doctors.doctor_of(request.user)
    try:
        leave = services.leave_add(
            actor=request.user,
            doctor_id=doctor.public_id,
            start=form.start,
            end=form.end,
            note=form.cleaned_data["note"],
        )
    except Invalid as error:
        add_errors(form, error)
        return _show(request, leave_form=form)
    affected = len(selectors.affected_by(leave))
    if affected:
        noun = "appointment" if affected == 1 else "appointments"
        messages.warning(request, f"The time off is added. {affected} {noun} in that time still stand: see My day.")
    else:
        messages.success(request, "The time off is added.")
    return redirect("booking:availability")


@require_POST
@doctor_required
def remove_leave(request: HttpRequest, leave_id: UUID) -> HttpResponse:
    services.leave_remove(actor=request.user, leave_id=leave_id)
    messages.success(request, "The time off is removed. The hours can be booked again.")
    return redirect("booking:availability")


def add_errors(form: forms.Form, error: DomainError) -> None:
    """Put a service's refusal beside the fields it names, or above the form where it names none."""
    fields = getattr(error, "fields", {})
    for name, lines in fields.items():
        form.add_error(name if name in form.fields else None, lines)
    if not fields:
        form.add_error(None, error.message)

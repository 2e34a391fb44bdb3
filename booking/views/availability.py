from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policies import SignedInRequest
from booking import selectors, services
from booking.forms import ChangeRuleForm, CopyDayForm, RuleForm
from booking.models import AvailabilityRule
from booking.views.hours import done_once, remove_once, show
from common.errors import Conflict
from common.forms import show_refusal
from doctors.models import Doctor
from doctors.policies import practice_required
from doctors.selectors import doctor_of


@require_safe
@practice_required
def availability(request: SignedInRequest) -> HttpResponse:
    """The doctor's weekly windows, time off and extra hours, with a form for one more of each."""
    return show(request, doctor_of(request.user))


@require_POST
@practice_required
def add_rule(request: SignedInRequest) -> HttpResponse:
    doctor = doctor_of(request.user)
    form = RuleForm(request.POST, doctor=doctor)

    def run() -> AvailabilityRule:
        return services.rule_add(actor=request.user, doctor_id=doctor.public_id, **form.asked)

    if not form.is_valid() or done_once(request, form, run) is None:
        return show(request, doctor, rule_form=form)
    messages.success(request, "The weekly hours are added.")
    return redirect("booking:availability")


@require_POST
@practice_required
def remove_rule(request: SignedInRequest, rule_id: UUID) -> HttpResponse:
    remove_once(request, rule_id, lambda: services.rule_remove(actor=request.user, rule_id=rule_id))
    messages.success(request, "The weekly hours are removed. Appointments in them stay as they are.")
    return redirect(f"{reverse('booking:availability')}?removed={rule_id}")


@require_http_methods(["GET", "HEAD", "POST"])
@practice_required
def change_rule(request: SignedInRequest, rule_id: UUID) -> HttpResponse:
    """One window, changed in place."""
    doctor = doctor_of(request.user)
    rule = selectors.rule_of(doctor, rule_id)
    if request.method != "POST":
        initial = {**model_to_dict(rule), "version": selectors.version_of(rule)}
        return _show_rule(request, rule, ChangeRuleForm(doctor=doctor, initial=initial))
    form = ChangeRuleForm(request.POST, doctor=doctor)

    def run() -> AvailabilityRule:
        return services.rule_change(actor=request.user, rule_id=rule_id, **form.asked)

    try:
        is_done = form.is_valid() and done_once(request, form, run) is not None
    except Conflict as error:
        # What was typed stays, and is about the window as it is now.
        form = ChangeRuleForm({**request.POST.dict(), "version": selectors.version_of(rule)}, doctor=doctor)
        show_refusal(form, error)
        return _show_rule(request, rule, form, status=error.status)
    if not is_done:
        return _show_rule(request, rule, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, "The weekly hours are changed. Appointments that are booked stay as they are.")
    return redirect("booking:availability")


def _show_rule(
    request: SignedInRequest, rule: AvailabilityRule, form: ChangeRuleForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    return render(request, "booking/rule_change.html", {"rule": rule, "form": form}, status=status)


@require_POST
@practice_required
def copy_day(request: SignedInRequest) -> HttpResponse:
    doctor = doctor_of(request.user)
    form = CopyDayForm(request.POST)

    def run() -> Doctor:
        weekday, to = form.cleaned_data["weekday"], form.cleaned_data["to"]
        services.day_copy(actor=request.user, doctor_id=doctor.public_id, weekday=weekday, to=to)
        return doctor

    if not form.is_valid() or done_once(request, form, run) is None:
        return show(request, doctor, copy_form=form)
    messages.success(request, "The hours are copied.")
    return redirect("booking:availability")


@require_POST
@practice_required
def switch(request: SignedInRequest) -> HttpResponse:
    """Stop new bookings, or take them again: which of the two is said by the button, so twice is no other thing."""
    doctor = doctor_of(request.user)
    if request.POST.get("do") == "stop":
        services.bookings_stop(actor=request.user, doctor_id=doctor.public_id)
        messages.success(request, "Nobody can book you any more. What is booked stays.")
    elif request.POST.get("do") == "resume":
        services.bookings_resume(actor=request.user, doctor_id=doctor.public_id)
        messages.success(request, "Patients can book you again.")
    return redirect("booking:availability")

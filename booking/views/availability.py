from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policies import SignedInRequest
from booking import selectors, services
from booking.errors import HoursAffect
from booking.forms.hours import ChangeRuleForm, RemoveForm, RuleForm
from booking.forms.limits import LimitsForm
from booking.models import AvailabilityRule
from booking.views.hours import done_once, preview, remove_once, settle, show
from common.errors import Conflict
from common.forms import show_refusal
from doctors.models import Doctor
from doctors.policies import practice_required
from doctors.selectors import doctor_of

ASKS = require_http_methods(["GET", "HEAD", "POST"])


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
    """At once where that leaves nobody outside the hours; otherwise behind a page that shows whom."""
    form = RemoveForm(request.POST)
    form.full_clean()
    asked: dict[str, Any] = {"rule_id": rule_id, "shown": form.shown}
    try:
        remove_once(request, rule_id, lambda: services.rule_remove(actor=request.user, **asked))
    except HoursAffect as error:
        action = reverse("booking:rule_remove", args=[rule_id])
        return preview(request, form, error, action=action, submit="Remove the hours")
    back = f"{reverse('booking:availability')}?removed={rule_id}"
    return settle(request, doctor_of(request.user), form, "The weekly hours are removed.", back=back)


@ASKS
@practice_required
def change_rule(request: SignedInRequest, rule_id: UUID) -> HttpResponse:
    """One window, changed in place; behind a page that shows whom it affects, if anybody."""
    doctor = doctor_of(request.user)
    rule = selectors.rule_of(doctor, rule_id)
    if request.method != "POST":
        return _show_rule(request, rule, ChangeRuleForm.of(rule, doctor))
    form = ChangeRuleForm.of(rule, doctor, request.POST)

    def run() -> AvailabilityRule:
        return services.rule_change(actor=request.user, rule_id=rule_id, **form.asked)

    try:
        is_done = form.is_valid() and done_once(request, form, run) is not None
    except HoursAffect as error:
        action = reverse("booking:rule_change", args=[rule_id])
        return preview(request, form, error, action=action, submit="Change the hours")
    except Conflict as error:
        # What was typed stays, and is about the window as it is now.
        typed = request.POST.copy()
        typed["version"] = str(selectors.version_of(rule))
        form = ChangeRuleForm.of(rule, doctor, typed)
        show_refusal(form, error)
        return _show_rule(request, rule, form, status=error.status)
    if not is_done:
        return _show_rule(request, rule, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return settle(request, doctor, form, "The weekly hours are changed.")


def _show_rule(
    request: SignedInRequest, rule: AvailabilityRule, form: ChangeRuleForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    return render(request, "booking/rule_change.html", {"rule": rule, "form": form}, status=status)


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


@ASKS
@practice_required
def limits(request: SignedInRequest) -> HttpResponse:
    """A doctor's own limits for all visits."""
    doctor = doctor_of(request.user)
    form = LimitsForm.of(doctor, request.POST if request.method == "POST" else None)

    def run() -> Doctor:
        return services.limits_change(actor=request.user, doctor_id=doctor.public_id, **form.asked)

    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    try:
        if form.is_valid() and done_once(request, form, run) is not None:
            messages.success(request, "The limits are changed. What is booked stays.")
            return redirect("booking:availability")
    except Conflict as error:
        typed = request.POST.copy()
        typed["seen"] = selectors.limits_seen(doctor)
        form, status = LimitsForm.of(doctor, typed), error.status
        show_refusal(form, error)
    return render(request, "booking/limits.html", {"form": form}, status=status)

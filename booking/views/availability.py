from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import SignedInRequest
from booking import services
from booking.forms import RuleForm
from booking.models import AvailabilityRule
from booking.views.hours import done_once, remove_once, show
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
    return redirect("booking:availability")

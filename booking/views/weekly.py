"""Several weekly windows at once, and the appointments that lie outside all of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policies import SignedInRequest
from booking import selectors, services
from booking.errors import HoursAffect
from booking.forms.hours import CopyDayForm, SeveralForm, seen_as
from booking.templatetags.bookable import rule_words
from booking.views.cancellings import after_cancelling
from booking.views.hours import done_once, preview, settle, show
from common import clock
from common.errors import Conflict
from common.forms import show_refusal
from doctors.models import Doctor
from doctors.policies import practice_required
from doctors.selectors import doctor_of

ASKS = require_http_methods(["GET", "HEAD", "POST"])


@require_POST
@practice_required
def copy_day(request: SignedInRequest) -> HttpResponse:
    doctor = doctor_of(request.user)
    form = CopyDayForm(request.POST)

    def run() -> Doctor:
        services.day_copy(actor=request.user, doctor_id=doctor.public_id, **form.asked)
        return doctor

    try:
        if not form.is_valid() or done_once(request, form, run) is None:
            return show(request, doctor, copy_form=form)
    except HoursAffect as error:
        return preview(request, form, error, action=reverse("booking:day_copy"), submit="Copy the hours")
    return settle(request, doctor, form, "The hours are copied.")


@ASKS
@practice_required
def change_several(request: SignedInRequest) -> HttpResponse:
    """One change for several windows, or all of them taken away; behind a page of whom it affects, if anybody."""
    doctor = doctor_of(request.user)
    form = _several(doctor, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _show_several(request, form)
    try:
        is_done = form.is_valid() and done_once(request, form, lambda: _change(request, doctor, form)) is not None
    except HoursAffect as error:
        submit = "Remove the hours" if form.removes else "Change the hours"
        return preview(request, form, error, action=reverse("booking:rules_change"), submit=submit)
    except Conflict as error:
        typed = request.POST.copy()
        typed["version"] = str(selectors.week_version(doctor))
        form = _several(doctor, typed)
        show_refusal(form, error)
        return _show_several(request, form, error.status)
    if not is_done:
        return _show_several(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return settle(request, doctor, form, f"The hours are {'removed' if form.removes else 'changed'}.")


def _several(doctor: Doctor, data: Any) -> SeveralForm:
    found = selectors.availability_of(doctor, now=clock.now()).rules
    rules = [(str(rule.public_id), rule_words(rule)) for rule in found]
    initial = {"version": selectors.week_version(doctor)}
    return SeveralForm(data, doctor=doctor, rules=rules, initial=initial)


def _change(request: SignedInRequest, doctor: Doctor, form: SeveralForm) -> Doctor:
    asked: dict[str, Any] = {"actor": request.user, "doctor_id": doctor.public_id, **form.which}
    if form.removes:
        services.rules_remove(**asked)
    else:
        services.rules_change(**asked, **form.changes)
    return doctor


def _show_several(request: SignedInRequest, form: SeveralForm, status: int = HTTPStatus.OK) -> HttpResponse:
    return render(request, "booking/rules_change.html", {"form": form}, status=status)


@ASKS
@practice_required
def outside_hours(request: SignedInRequest) -> HttpResponse:
    """Who is booked outside the hours that stand now, and a button that cancels them all."""
    doctor, now = doctor_of(request.user), clock.now()
    affected = selectors.outside_hours(doctor, selectors.hours_of(doctor, now=now), now=now)
    if request.method == "POST" and request.POST.get("previewed") == seen_as(affected):
        ids: list[UUID] = [row.public_id for row in affected]
        asked: dict[str, Any] = {"doctor_id": doctor.public_id, "appointment_ids": ids}
        cancelling = services.outside_hours_cancel(actor=request.user, **asked)
        return after_cancelling(request, cancelling, "booking:availability")
    context = {
        "title": "Appointments outside your hours",
        "action": reverse("booking:outside_hours"),
        "affected": affected,
        "previewed": seen_as(affected),
        "has_changed": request.method == "POST",
    }
    return render(request, "booking/standing.html", context)

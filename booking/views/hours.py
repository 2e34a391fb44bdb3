"""What the pages about a doctor's hours share: the page itself, and forms and buttons that may be sent twice."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.policies import SignedInRequest
from booking import selectors, services
from booking.errors import HoursAffect
from booking.forms.hours import CopyDayForm, ExtraForm, LeaveForm, Previewing, RuleForm, seen_as
from booking.forms.limits import limits_in_words
from booking.grouping import days_of, week_of
from booking.views.cancellings import after_cancelling
from common import clock, idempotency
from common.errors import Invalid
from common.forms import OnceForm, show_refusal
from common.inputs import uuid_or_none
from common.models import PublicIdModel
from doctors.models import Doctor
from doctors.selectors import doctor_of

SHUT_AHEAD_DAYS = 183


def show(request: HttpRequest, doctor: Doctor, **forms: OnceForm) -> HttpResponse:
    """The doctor's hours, with the forms as they were sent, and fresh ones in place of the others."""
    now = clock.now()
    prefetch_related_objects([doctor], "locations", "visit_types")
    found = selectors.availability_of(doctor, now=now)
    hours = selectors.Hours(rules=found.rules, extra=found.extra)
    day = request.GET.get("weekday", "")
    fresh: dict[str, Callable[[], OnceForm]] = {
        "rule_form": lambda: RuleForm(doctor=doctor, initial={"weekday": day}),
        "leave_form": LeaveForm,
        "extra_form": lambda: ExtraForm(doctor=doctor),
        "copy_form": CopyDayForm,
    }
    shown = {name: forms.get(name) or make() for name, make in fresh.items()}
    context: dict[str, Any] = {
        **shown,
        "doctor": doctor,
        "days": days_of(found.rules),
        "is_stopped": found.is_stopped,
        "removed": _removed(request, doctor),
        "limits": limits_in_words(doctor),
        "week": week_of(found.rules),
        "adding": bool(day) or not found.rules,
        "kinds": {visit_type.pk: visit_type.name for visit_type in doctor.visit_types.all()},
        "leave": selectors.with_affected(found.leave, now=now),
        "extra": [selectors.DatedHours(row=row, appointments=[]) for row in found.extra],
        "outside": selectors.outside_hours(doctor, hours, now=now),
        "shut": selectors.shut_at(list(doctor.locations.all()), now=now, days=SHUT_AHEAD_DAYS),
        "today": clock.clinic_day(now),
        "removal_key": idempotency.new_key(),
        "has_errors": any(form.errors for form in shown.values()),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if forms else HTTPStatus.OK
    return render(request, "booking/availability.html", context, status=status)


def _removed(request: HttpRequest, doctor: Doctor) -> Any:
    """The window that was just taken away, to be put back with one press, unless it is there again."""
    removed = uuid_or_none(request.GET.get("removed", ""))
    return selectors.removed_rule(doctor, removed) if removed else None


def preview(request: HttpRequest, form: Previewing, error: HoursAffect, **shown: Any) -> HttpResponse:
    """Whom a change would affect, before anything is changed, and what becomes of them."""
    status = form.status_of_preview()
    context = {
        **shown,
        "form": form,
        "affected": error.appointments,
        "previewed": seen_as(error.appointments),
        "has_changed": status == HTTPStatus.CONFLICT,
    }
    return render(request, "booking/preview.html", context, status=status)


def settle(
    request: SignedInRequest, doctor: Doctor, form: Previewing, said: str, *, back: str = "booking:availability"
) -> HttpResponse:
    """After hours have changed: say so, and cancel those whom the preview named where that was chosen."""
    messages.success(request, said)
    if form.cancels:
        asked: dict[str, Any] = {"doctor_id": doctor.public_id, "appointment_ids": form.seen}
        cancelling = services.outside_hours_cancel(actor=request.user, **asked)
        return after_cancelling(request, cancelling, back)
    if form.seen:
        messages.info(request, "The appointments that you were shown stay as they are.")
    return redirect(back)


def done_once(request: SignedInRequest, form: OnceForm, run: Callable[[], PublicIdModel]) -> UUID | None:
    """Do what a valid form asks for, once, and say what came of it; None with the messages on it where refused."""
    try:
        return form.do_once(user=request.user, run=run)
    except Invalid as error:
        show_refusal(form, error)
        return None


def remove_once(request: SignedInRequest, row_id: UUID, remove: Callable[[], None]) -> None:
    """A button that is pressed twice is answered twice alike, though the second finds nothing to remove."""
    doctor = doctor_of(request.user)

    def run() -> Doctor:
        remove()
        return doctor

    key = request.POST.get("idempotency_key")
    # One key serves all the buttons of a page, so the row is a part of it.
    own_key = f"{key[: idempotency.MAX_KEY_LENGTH // 2]}:{row_id.hex}" if key else None
    idempotency.once(user=request.user, key=own_key, fingerprint={"remove": row_id}, run=run)

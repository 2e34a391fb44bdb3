"""Cancelling what is booked with a doctor who may not work here: choose, confirm, done."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import User
from booking.models import Cancelling
from booking.selectors import appointments_ahead, cancelling_progress
from common import clock
from common.htmx import is_fragment
from verification import services
from verification.forms import AppointmentsForm
from verification.models import VerificationCase
from verification.views.case import CaseActionView


class CancelAppointmentsView(CaseActionView):
    """Without `confirmed` it changes nothing and asks once more, saying what will happen."""

    form_name = "appointments"
    answered = "appointments"
    is_keyed = False
    asked: Cancelling

    def bound_form(self) -> forms.Form:
        ahead = appointments_ahead(self.object.doctor.public_id, now=clock.now())
        return AppointmentsForm(self.request.POST, prefix=self.form_name, appointments=ahead)

    def carry_out(self, form: forms.Form) -> HttpResponse:
        if not form.cleaned_data["confirmed"]:
            chosen = set(form.cleaned_data["appointment"])
            return self.answer(HTTPStatus.OK, confirming=chosen, answered=self.answered)
        return super().carry_out(form)

    def run(self, actor: User, data: dict[str, Any]) -> VerificationCase:
        self.asked = services.barred_appointments_cancel(
            actor=actor,
            doctor_id=self.object.doctor.public_id,
            appointment_ids=[UUID(one) for one in data["appointment"]],
        )
        count = cancelling_progress(self.asked).cancelled
        self.done = f"{count} appointment{'' if count == 1 else 's'} cancelled. The patients are being told."
        return self.object

    def finish(self, case_id: UUID) -> HttpResponse:
        """Where not all are cancelled yet, or some were left, on to the page that says so."""
        if cancelling_progress(self.asked).is_smooth:
            return super().finish(case_id)
        url = reverse("booking:cancelling", args=[self.asked.public_id])
        return HttpResponse(headers={"HX-Redirect": url}) if is_fragment(self.request) else redirect(url)

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.policies import SignedInRequest
from booking import policies, selectors, services
from booking.forms import ShareForm
from booking.views.appointments import show_appointment
from common.errors import Forbidden, Invalid


@require_POST
@login_required
def share(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    """Let somebody who helps the patient see and cancel this appointment."""
    appointment = selectors.appointment_for(request.user, appointment_id)
    if not policies.can_share(request.user, appointment):
        raise Forbidden("patients_only", "Only the patient can share this appointment.")
    form = ShareForm(request.POST)
    if form.is_valid():
        try:
            services.appointment_share(
                actor=request.user, appointment_id=appointment_id, email=form.cleaned_data["email"]
            )
        except Invalid as error:
            form.add_error("email", error.message)
        else:
            # The same words whether or not such an account exists: who has one is nobody's business.
            messages.success(request, "If that person has an account here, they can now see this appointment.")
            return redirect("booking:appointment_detail", appointment_id)
    return show_appointment(request, appointment, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@login_required
def unshare(request: SignedInRequest, appointment_id: UUID, user_id: UUID) -> HttpResponse:
    services.appointment_unshare(actor=request.user, appointment_id=appointment_id, user_id=user_id)
    messages.success(request, "That person can no longer see this appointment.")
    return redirect("booking:appointment_detail", appointment_id)

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
from common.errors import Conflict, Forbidden, Invalid
from common.forms import show_refusal


@require_POST
@login_required
def share(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    """Let somebody who helps the patient see and cancel this appointment."""
    appointment = selectors.appointment_for(request.user, appointment_id)
    if not policies.can_share(request.user, appointment):
        raise Forbidden("patients_only", "Only the patient can share this appointment.")
    form, status = ShareForm(request.POST), HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            services.appointment_share(
                actor=request.user, appointment_id=appointment_id, email=form.cleaned_data["email"]
            )
        except (Conflict, Invalid) as error:
            show_refusal(form, error)
            status = error.status
        else:
            # The same words whether or not anybody has an account with it: who has one is nobody's business.
            messages.success(request, "We have written to that address. They see this appointment once they say yes.")
            return redirect("booking:appointment_detail", appointment_id)
    return show_appointment(request, appointment, form, status=status)


@require_POST
@login_required
def unshare(request: SignedInRequest, appointment_id: UUID, share_id: UUID) -> HttpResponse:
    services.appointment_unshare(actor=request.user, appointment_id=appointment_id, share_id=share_id)
    messages.success(request, "That person can no longer see this appointment.")
    return redirect("booking:appointment_detail", appointment_id)


@require_POST
@login_required
def conceal(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    """Keep the visit from everybody who helps the patient, or (`keep=no`) no longer."""
    keeps = request.POST.get("keep") != "no"
    services.appointment_conceal(actor=request.user, appointment_id=appointment_id, is_confidential=keeps)
    told = "Nobody who helps you sees this appointment, nor what is written about it."
    messages.success(request, told if keeps else "Those who help you can see this appointment again.")
    return redirect("booking:appointment_detail", appointment_id)


@require_POST
@login_required
def share_accept(request: SignedInRequest, share_id: UUID) -> HttpResponse:
    try:
        appointment = services.share_accept(actor=request.user, share_id=share_id)
    except Conflict as error:
        messages.error(request, error.message)
        return redirect("booking:appointment_list")
    return redirect("booking:appointment_detail", appointment.public_id)


@require_POST
@login_required
def share_decline(request: SignedInRequest, share_id: UUID) -> HttpResponse:
    try:
        services.share_decline(actor=request.user, share_id=share_id)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "You have said no. We do not tell you of it again.")
    return redirect("booking:appointment_list")

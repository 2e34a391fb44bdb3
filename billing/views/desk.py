from __future__ import annotations

from functools import partial
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policies import SignedInRequest
from billing import policies, selectors, services
from billing.forms import ComplaintForm, TakenForm
from billing.states import ComplaintReason, Method
from billing.views.pay import own_appointment
from booking.selectors import appointment_for
from common.errors import Conflict, DomainError, Invalid, NotFound
from common.forms import show_refusal
from common.money import Money


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def take(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    """The clinic's staff write down what they took at the desk."""
    appointment = appointment_for(request.user, appointment_id)
    if not policies.can_record_payment(request.user, appointment):
        raise NotFound("We cannot find that appointment.")
    left = selectors.left_to_pay(appointment)
    form = TakenForm(request.POST or None, initial={"method": Method.CARD_MACHINE, "amount": f"{left / 100:.2f}"})
    status: int = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            data = form.cleaned_data
            record = partial(
                services.payment_record,
                actor=request.user,
                appointment_id=appointment_id,
                method=Method(data["method"]),
                amount_minor=data["amount"],
                reference=data["reference"],
            )
            try:
                form.do_once(user=request.user, run=record, appointment=appointment_id)
            except DomainError as error:
                status = _refused(form, error)
            else:
                messages.success(request, f"{Money(data['amount'], appointment.currency)} is written down as paid.")
                return redirect("booking:appointment_detail", appointment_id)
    context = {"appointment": appointment, "form": form, "left_minor": left}
    return render(request, "billing/take.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def complain(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    """The patient says that something is wrong with the money of an appointment."""
    appointment = own_appointment(request, appointment_id)
    form = ComplaintForm(request.POST or None)
    status: int = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            reason, text = ComplaintReason(form.cleaned_data["reason"]), form.cleaned_data["text"]
            tell = partial(
                services.complaint_open, actor=request.user, appointment_id=appointment_id, reason=reason, text=text
            )
            try:
                form.do_once(user=request.user, run=tell, appointment=appointment_id)
            except DomainError as error:
                status = _refused(form, error)
            else:
                messages.success(request, "Thank you. A person looks at it and writes to you.")
                return redirect("billing:returned", appointment_id)
    return render(request, "billing/complain.html", {"appointment": appointment, "form": form}, status=status)


@require_POST
@login_required
def withdraw(request: SignedInRequest, complaint_id: UUID) -> HttpResponse:
    complaint = services.complaint_withdraw(actor=request.user, complaint_id=complaint_id)
    messages.success(request, "You have taken it back.")
    return redirect("billing:returned", complaint.appointment.public_id)


def _refused(form: TakenForm | ComplaintForm, error: DomainError) -> int:
    """The refusal beside its field, or above the form; what was typed stays."""
    if isinstance(error, Invalid):
        show_refusal(form, error)
    elif isinstance(error, Conflict):
        form.add_error(None, error.message)
    else:
        raise error
    return error.status

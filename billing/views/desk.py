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
from billing.forms import ComplaintForm, MistakeForm, TakenForm
from billing.states import ComplaintReason, Method, PaymentStatus
from booking.models import Appointment
from booking.states import STANDING, Status
from common import clock, idempotency
from common.errors import Conflict, DomainError, Invalid, NotFound
from common.forms import OnceForm, show_refusal
from common.inputs import uuid_or_none
from common.money import Money


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def take(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    """The clinic's staff write down what they took at the desk, or gave back of it (with `refund`, which one)."""
    appointment = policies.appointment_at_desk_of(request.user, appointment_id)
    if request.method != "POST":
        return _show_desk(request, appointment)
    return _given(request, appointment) if "refund" in request.POST else _taken(request, appointment)


def _taken(request: SignedInRequest, appointment: Appointment) -> HttpResponse:
    form = TakenForm(request.POST)
    if not form.is_valid():
        return _show_desk(request, appointment, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    data = form.cleaned_data
    record = partial(
        services.payment_record,
        actor=request.user,
        appointment_id=appointment.public_id,
        method=Method(data["method"]),
        amount_minor=data["amount"],
        reference=data["reference"],
    )
    try:
        form.do_once(user=request.user, run=record, appointment=appointment.public_id)
    except DomainError as error:
        return _show_desk(request, appointment, form, _refused(form, error))
    messages.success(request, f"{Money(data['amount'], appointment.currency)} is written down as paid.")
    return redirect("booking:appointment_detail", appointment.public_id)


def _given(request: SignedInRequest, appointment: Appointment) -> HttpResponse:
    refund_id = uuid_or_none(request.POST["refund"]) or UUID(int=0)
    refund = selectors.refund_of(appointment, refund_id)
    form = OnceForm(request.POST)
    if not form.is_valid():
        raise NotFound("We cannot find that refund.")
    give = partial(services.refund_record_given, actor=request.user, refund_id=refund.public_id)
    try:
        form.do_once(user=request.user, run=give, refund=refund.public_id)
    except (Conflict, Invalid) as error:
        messages.error(request, error.message)
        return _show_desk(request, appointment, status=error.status)
    messages.success(request, f"{Money(refund.amount_minor, refund.currency)} is written down as given back.")
    return redirect("billing:take", appointment.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def take_back(request: SignedInRequest, appointment_id: UUID, payment_id: UUID) -> HttpResponse:
    """The clinic's staff say that something was written down as paid by mistake."""
    appointment = policies.appointment_at_desk_of(request.user, appointment_id)
    payment = selectors.entry_of_desk(appointment, payment_id)
    form = MistakeForm(request.POST if request.method == "POST" else None)
    status: int = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            note = form.cleaned_data["note"]
            undo = partial(services.payment_take_back, actor=request.user, payment_id=payment_id, note=note)
            try:
                form.do_once(user=request.user, run=undo, payment=payment_id)
            except (Conflict, Invalid) as error:
                status = _refused(form, error)
            else:
                messages.success(request, f"{Money(payment.amount_minor, payment.currency)} is taken back.")
                return redirect("billing:take", appointment_id)
    context = {
        "appointment": appointment,
        "payment": payment,
        "form": form,
        "is_open": policies.can_take_back(request.user, payment, now=clock.now()),
    }
    return render(request, "billing/take_back.html", context, status=status)


def _show_desk(
    request: SignedInRequest, appointment: Appointment, form: TakenForm | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    now = clock.now()
    left = selectors.left_to_pay(appointment) if appointment.status in STANDING else 0
    entries = list(selectors.entries_of_desk(appointment))
    # Whoever comes back to it after a part was written down presses nothing twice: how it was paid is theirs to say.
    is_begun = any(entry.status != PaymentStatus.ENTERED_IN_ERROR for entry in entries)
    method = {} if is_begun else {"method": Method.CARD_MACHINE}
    context = {
        "appointment": appointment,
        "form": form or TakenForm(initial={**method, "amount": f"{left / 100:.2f}"}),
        "left_minor": left,
        "stands": appointment.status in STANDING,
        "waits": appointment.status == Status.PENDING,
        "owed": selectors.owed_at_desk(appointment),
        "entries": [
            # Whoever sees this page records payments here.
            (entry, policies.is_of_today(entry, now=now))
            for entry in entries
        ],
        "new_key": idempotency.new_key,
    }
    return render(request, "billing/take.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def complain(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    """The patient says that something is wrong with the money of an appointment."""
    appointment = policies.appointment_paid_by(request.user, appointment_id)
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


def _refused(form: TakenForm | ComplaintForm | MistakeForm, error: DomainError) -> int:
    """The refusal beside its field, or above the form; what was typed stays."""
    if isinstance(error, Invalid):
        show_refusal(form, error)
    elif isinstance(error, Conflict):
        form.add_error(None, error.message)
    else:
        raise error
    return error.status

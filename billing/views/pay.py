from __future__ import annotations

from datetime import UTC, timedelta
from http import HTTPStatus
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policies import SignedInRequest
from billing import policies, selectors, services
from billing.errors import PaymentsAway
from billing.standing import standing_of
from billing.states import PaymentStatus
from booking.models import Appointment
from common import clock
from common.errors import Conflict, DomainError
from common.htmx import is_fragment
from common.inputs import instant_or_none, uuid_or_none
from common.uploads.serving import file_response

SHOWN = 20
# A webhook comes within seconds; who still waits after that is told as well with fewer questions.
HASTE = timedelta(seconds=30)
QUICKLY, SLOWLY = 2, 10


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def pay(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    """Say what is due and until when the time is kept; the button leads to Stripe's page, a second press to the same.

    Whoever comes back from there without paying lands here too. htmx gets the button alone, or
    what there is to say where nothing is due; with `if_due` in the address it then gets nothing (204).
    """
    appointment = policies.appointment_paid_by(request.user, appointment_id)
    if request.method != "POST":
        return _show_pay(request, appointment)
    try:
        payment = services.payment_start(actor=request.user, appointment_id=appointment_id)
    except (Conflict, PaymentsAway) as error:
        return _show_pay(request, appointment, error)
    return redirect(payment.session_url)


def _show_pay(request: SignedInRequest, appointment: Appointment, refused: DomainError | None = None) -> HttpResponse:
    now = clock.now()
    payment = selectors.payment_told_of(appointment)
    sums = selectors.sums_of(appointment, payment)
    is_looked_at = payment is not None and payment.status == PaymentStatus.REVIEW
    context = {
        "appointment": appointment,
        "payment": payment,
        "standing": standing_of(appointment, payment, sums=sums, now=now),
        "due_minor": sums.due,
        # A payment that does not add up is not to be made a second time.
        "waits": not is_looked_at and selectors.is_payable(appointment, now=now),
        "refused": refused,
    }
    template = "billing/pay.html"
    if is_fragment(request) and "if_due" in request.GET and not context["waits"]:
        # A page of another app, which stays as it is.
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    if is_fragment(request):
        template = f"billing/partials/{'pay_form' if context['waits'] else 'standing'}.html"
    return render(request, template, context, status=refused.status if refused else HTTPStatus.OK)


@require_safe
@login_required
def returned(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    """Where Stripe's page leads back to. It believes no address: it asks Stripe through a worker, and polls.

    htmx gets the part, others the page with a link to look again. Both say `since` when the person waits, so that an
    answer of Stripe's from before they came back is not taken for one about what they have done there.
    """
    now = clock.now()
    since = min(instant_or_none(request.GET.get("since", "")) or now, now)
    appointment = policies.appointment_paid_by(request.user, appointment_id)
    payment = selectors.payment_told_of(appointment)
    sums = selectors.sums_of(appointment, payment)
    standing = standing_of(appointment, payment, sums=sums, now=now, since=since)
    if payment is not None and not standing.is_settled:
        services.payment_ask(payment_id=payment.pk)
    context = {
        "appointment": appointment,
        "payment": payment,
        "standing": standing,
        "since": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        "look_again": QUICKLY if now - since < HASTE else SLOWLY,
        "receipts": selectors.receipts_of(appointment),
        "refunds": selectors.refunds_of(appointment),
        "complaints": selectors.complaints_of(appointment),
        "is_part": is_fragment(request),
    }
    template = "billing/partials/returned.html" if context["is_part"] else "billing/returned.html"
    return render(request, template, context)


@require_safe
@login_required
def payments(request: SignedInRequest) -> HttpResponse:
    """What the person has paid, what went back, and the receipts, the newest first."""
    before = uuid_or_none(request.GET.get("before", ""))
    page = selectors.own_payments(request.user, size=SHOWN, before=before)
    context = {"payments": page.rows, "next": page.rows[-1].public_id if page.has_next else None}
    return render(request, "billing/payments.html", context)


@require_safe
@login_required
def receipt(request: SignedInRequest, receipt_id: UUID) -> HttpResponseBase:
    """The PDF of a receipt or credit note."""
    opened = services.receipt_open(actor=request.user, receipt_id=receipt_id)
    return file_response(
        key=opened.file.name or "", name=f"{opened.number}.pdf", media_type="application/pdf", request=request
    )

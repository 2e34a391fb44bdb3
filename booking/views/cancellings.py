"""How far the cancelling of many appointments is: for whoever asked, whether doctor, clinic or officer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.policies import SignedInRequest
from booking import selectors, services
from booking.models import Cancelling


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def cancelling(request: SignedInRequest, cancelling_id: UUID) -> HttpResponse:
    if request.method == "POST":
        services.cancelling_stop(actor=request.user, cancelling_id=cancelling_id)
        return redirect("booking:cancelling", cancelling_id)
    found = selectors.cancelling_of(request.user, cancelling_id)
    context = {"cancelling": found, "progress": selectors.cancelling_progress(found)}
    return render(request, "booking/cancelling.html", context)


def cancelled(count: int) -> str:
    ended = "1 appointment is" if count == 1 else f"{count} appointments are"
    return f"{ended} cancelled. The patients are told and offered new times."


def after_cancelling(request: HttpRequest, asked: Cancelling, back: str, *args: object) -> HttpResponse:
    """Back to `back` where all are cancelled; else to the page that says how far it is, and what was left."""
    progress = selectors.cancelling_progress(asked)
    if not progress.is_smooth:
        return redirect("booking:cancelling", asked.public_id)
    messages.success(request, cancelled(progress.cancelled))
    return redirect(back, *args)

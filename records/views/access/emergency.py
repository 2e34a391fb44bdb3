"""Opening a record in an emergency, and ending that before its hour is over."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policies import SignedInRequest, recently_authenticated
from common.errors import Invalid
from common.forms import show_refusal
from common.typed import as_initial, typed_before, typed_is_kept
from records import selectors, services
from records.errors import TooManyTries
from records.forms.emergency import BreakGlassForm
from records.policies import assert_may_break_glass
from records.services.access.emergency import GLASS_REASON_LENGTH


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@typed_is_kept(longest=2 * GLASS_REASON_LENGTH)
@recently_authenticated
def break_glass(request: SignedInRequest) -> HttpResponse:
    """Whoever does proves once more who they are."""
    assert_may_break_glass(request.user)
    typed = typed_before(request)
    form = BreakGlassForm(request.POST if request.method == "POST" else None, initial=as_initial(BreakGlassForm, typed))
    status: int = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            glass = services.glass_break(actor=request.user, **form.cleaned_data)
        except (Invalid, TooManyTries) as error:
            show_refusal(form, error)
            status = error.status
        else:
            return redirect("records:patient_record", glass.patient.public_id)
    elif request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"form": form, "open": selectors.glasses_open_of(request.user), "was_kept": bool(typed)}
    return render(request, "records/access/break_glass.html", context, status=status)


@require_POST
@login_required
def end(request: SignedInRequest, glass_id: UUID) -> HttpResponse:
    glass = services.glass_end(actor=request.user, glass_id=glass_id)
    messages.success(request, f"The record of {glass.patient.name} is closed to you again.")
    return redirect("signed_in_home")

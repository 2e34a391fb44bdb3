from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.policies import SignedInRequest
from booking import selectors, services
from booking.forms import ShareForm
from booking.views.appointments import show_appointment
from booking.views.holding import hold_context
from common import clock
from common.errors import Conflict
from common.htmx import is_fragment


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def hold(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    """How long the time is kept, for htmx to look again when that changes, and a form that asks for longer.

    Without htmx it all stands on the appointment's page.
    """
    appointment = selectors.appointment_for(request.user, appointment_id)
    if request.method == "POST":
        try:
            services.hold_extend(actor=request.user, appointment_id=appointment_id)
        except Conflict as error:
            now_so = selectors.appointment_for(request.user, appointment_id)
            return show_appointment(request, now_so, ShareForm(), error.status)
    elif is_fragment(request):
        context = hold_context(request, appointment, now=clock.now())
        if not context["is_hold"]:
            # Steps, payment and buttons all say something else now.
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "booking/partials/hold.html", context)
    return redirect("booking:appointment_detail", appointment_id)

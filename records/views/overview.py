"""A record at a glance: the patient's own, and the one that is open to a doctor."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.policies import SignedInRequest, patient_required
from accounts.selectors import patient_of
from common import clock
from common.htmx import is_fragment
from records import selectors, services


@never_cache
@require_safe
@patient_required
def record(request: SignedInRequest) -> HttpResponse:
    """The patient's own: what they take and do not bear, and what came last."""
    patient = patient_of(request.user)
    assert patient is not None, "patient_required"
    overview = selectors.overview_of(request.user, patient, now=clock.now())
    return render(request, "records/record.html", {"overview": overview})


@never_cache
@require_safe
@login_required
def patient_record(request: SignedInRequest, patient_id: UUID) -> HttpResponse:
    """One patient's, for whoever it is open to; to htmx, which puts it beside what is being written, as a part."""
    patient = selectors.patient_open_to(request.user, patient_id)
    services.record_viewed(actor=request.user, patient=patient)
    overview = selectors.overview_of(request.user, patient, now=clock.now())
    context = {"patient": patient, "overview": overview, "is_part": is_fragment(request)}
    template = "records/partials/summary.html" if context["is_part"] else "records/access/patient_record.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response

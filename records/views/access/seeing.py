"""Who can see a record, for its patient; and for a doctor whose records are open to them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.policies import SignedInRequest, patient_required
from accounts.selectors import patient_of
from common import clock
from doctors.policies import practice_required
from records import selectors
from records.shareable import shared


@never_cache
@require_safe
@patient_required
def who_can_see(request: SignedInRequest) -> HttpResponse:
    """In plain words, and with a button wherever the patient can end it."""
    patient = patient_of(request.user)
    assert patient is not None, "patient_required"
    now = clock.now()
    context = {
        "treating": selectors.treating_doctors_of(patient, now=now),
        "shares": shared(selectors.shares_of(patient, now=now)),
        "emergencies": selectors.glasses_open_on(patient),
        "window": selectors.records_settings(),
    }
    return render(request, "records/access/who_can_see.html", context)


@never_cache
@require_safe
@practice_required
def open_to_me(request: SignedInRequest) -> HttpResponse:
    """What patients and colleagues share with the doctor, and what the doctor shares."""
    now = clock.now()
    context = {
        "shares": shared(selectors.shares_with(request.user, now=now)),
        "given": shared(selectors.shares_given_by(request.user, now=now)),
    }
    return render(request, "records/access/open_to_me.html", context)

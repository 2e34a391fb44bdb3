"""Who can see a record, for its patient; and for a doctor whose records are open to them."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.policies import SignedInRequest, patient_required
from accounts.selectors import carers_of, caring_as, patient_of
from accounts.states import InvitationState, Scope
from common import clock
from doctors.policies import practice_required
from records import selectors
from records.shareable import shared

SHOWN_NOTES = 50


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
        "carers": [
            (one, clock.last_day(one.expires_at))
            for one in carers_of(patient)
            if one.can_read and one.state == InvitationState.ACCEPTED and one.expires_at and not one.has_expired(now)
        ],
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


@never_cache
@require_safe
@login_required
def cared_record(request: SignedInRequest, patient_id: UUID) -> HttpResponse:
    """What doctors have written about somebody who lets the person read it as a carer."""
    carer = caring_as(request.user, patient_id, Scope.READ)
    context = {
        "patient": carer.patient,
        "notes": selectors.notes_as_carer(request.user, carer.patient, limit=SHOWN_NOTES),
        "until": clock.last_day(carer.expires_at) if carer.expires_at else None,
    }
    return render(request, "records/access/cared_record.html", context)

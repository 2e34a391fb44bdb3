"""Who can see a record, for its patient; and for a doctor whose records are open to them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Carer
from accounts.policies import SignedInRequest, patient_required
from accounts.selectors import carers_reading, caring_as, patient_of
from accounts.states import READING, Scope
from common import clock
from doctors.policies import practice_required
from records import document_pages, selectors, services
from records.document_pages import Shelf
from records.shareable import shared

# Of each kind.
SHOWN = 50


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
        "carers": [_carer(one) for one in carers_reading(patient, now=now)],
        "emergencies": selectors.glasses_open_on(patient),
        "window": selectors.records_settings(),
    }
    return render(request, "records/access/who_can_see.html", context)


def _carer(carer: Carer) -> dict[str, Any]:
    """Who it is, what of the record they read, and until when."""
    reads = [str(scope.label) for scope in Scope if scope in READING and getattr(carer, scope.value)]
    return {"carer": carer, "reads": reads, "until": clock.last_day(carer.expires_at) if carer.expires_at else None}


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
    """What somebody lets the person read of their record as a carer: each part by a scope of its own."""
    carer = caring_as(request.user, patient_id, READING)
    patient = carer.patient
    services.record_viewed(actor=request.user, patient=patient, as_carer=True)
    documents = list(selectors.documents_as_carer(request.user, patient, limit=SHOWN))
    context = {
        **_carer(carer),
        "patient": patient,
        "notes": selectors.notes_as_carer(request.user, patient, limit=SHOWN),
        "rows": selectors.prescriptions_as_carer(request.user, patient, limit=SHOWN),
        "lines": document_pages.lines_of(documents, Shelf(patient=patient, is_own=False)),
    }
    return render(request, "records/access/cared_record.html", context)

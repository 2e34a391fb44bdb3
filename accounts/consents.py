"""What I agreed to: the patient sees it in the words of then, and takes it back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import selectors, services
from accounts.models import ConsentRecord
from accounts.policies import SignedInRequest, patient_required
from accounts.selectors import patient_of


@never_cache
@require_safe
@patient_required
def consents(request: SignedInRequest) -> HttpResponse:
    """What holds first, then what held once."""
    patient = patient_of(request.user)
    assert patient is not None, "patient_required"
    records = list(selectors.consents_of(patient))
    context = {
        "active": [one for one in records if one.status == ConsentRecord.Status.ACTIVE],
        "ended": [one for one in records if one.status == ConsentRecord.Status.INACTIVE],
    }
    return render(request, "accounts/consents.html", context)


@require_POST
@patient_required
def take_back(request: SignedInRequest, consent_id: UUID) -> HttpResponse:
    """Without asking twice or who it is once more: taking back is to be as easy as agreeing was."""
    services.consent_take_back(actor=request.user, consent_id=consent_id)
    messages.success(request, "It is taken back from now on.")
    return redirect("accounts:consents")

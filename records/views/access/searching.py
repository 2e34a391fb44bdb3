"""Searching one patient's notes. What is looked for is sent in the body and stands in no address and no log."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.policies import SignedInRequest
from records import selectors, services
from records.forms.access import NoteSearchForm


@never_cache
@require_POST
@login_required
def notes(request: SignedInRequest, patient_id: UUID) -> HttpResponse:
    patient = selectors.patient_open_to(request.user, patient_id)
    form = NoteSearchForm(request.POST)
    search = selectors.NoteSearch()
    if form.is_valid():
        services.notes_searched(actor=request.user, patient=patient)
        search = selectors.notes_saying(request.user, patient, form.cleaned_data["words"])
    context = {"patient": patient, "form": form, "search": search}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "records/access/note_search.html", context, status=status)

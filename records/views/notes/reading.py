from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.policies import SignedInRequest, patient_required
from common import clock
from common.htmx import is_fragment
from common.inputs import uuid_or_none
from doctors.policies import practice_required
from notifications.selectors import messages_about
from records import selectors, services
from records.presentation import shown
from records.reading import note_read

SHOWN = 10


@require_safe
@login_required
def note(request: SignedInRequest, note_id: UUID) -> HttpResponse:
    """A note as it was signed: for its patient in plain words, for doctors with every version.

    What was entered in error is told as such; its text, which may be about somebody else, is for its doctor alone.
    """
    found = selectors.note_for(request.user, note_id)
    services.note_viewed(actor=request.user, note=found)
    now = clock.now()
    read = note_read(request.user, found, now=now)
    if read.for_patient and not read.as_carer:
        services.news_mark_read(actor=request.user, thing_ids=[note_id], now=now)
    versions = shown(read.readings, for_patient=read.for_patient)
    context = {
        "note": found,
        "appointment": found.appointment,
        "for_patient": read.for_patient,
        "as_carer": read.as_carer,
        "is_author": read.is_author,
        "told": messages_about(selectors.about_thing(found)) if read.is_author else (),
        "seconds": read.seconds,
        "error_reason": read.error_reason,
        "is_released": read.is_released,
        "is_whole": read.is_whole,
        "latest": versions[0] if versions else None,
        "earlier": versions[1:],
    }
    return render(request, "records/notes/note.html", context)


@require_safe
@patient_required
def own(request: SignedInRequest) -> HttpResponse:
    """What doctors have signed about the patient's visits, a page at a time; `before` and `after` name the note at its
    edge."""
    edges = {name: uuid_or_none(request.GET.get(name, "")) for name in ("before", "after")}
    page = selectors.notes_of(request.user, size=SHOWN, **edges)
    context = {
        "rows": page.rows,
        "later": f"?after={page.rows[0].public_id}" if page.has_previous else "",
        "earlier": f"?before={page.rows[-1].public_id}" if page.has_next else "",
    }
    return render(request, "records/notes/own.html", context)


@require_safe
@practice_required
def to_do(request: SignedInRequest) -> HttpResponse:
    """What the doctor has to write and sign; for the day, which asks for a part, how much that is."""
    context = {"to_do": selectors.to_do_of(request.user, now=clock.now())}
    template = "records/notes/partials/to_do_count.html" if is_fragment(request) else "records/notes/to_do.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response

"""Everything about me as a file: asking, seeing how far it is, and fetching it."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import SignedInRequest, patient_required, recently_authenticated
from accounts.selectors import patient_of
from common import clock
from common.uploads.serving import file_response
from records import selectors, services
from records.states import ExportState


@require_POST
@recently_authenticated
@patient_required
def export_ask(request: SignedInRequest) -> HttpResponse:
    services.export_ask(actor=request.user)
    messages.success(request, "We are putting it together. We write to you when it is ready.")
    return redirect("records:export")


@never_cache
@require_safe
@patient_required
def export(request: SignedInRequest) -> HttpResponse:
    """How far it is; it holds nothing of the file, so it may be looked at as long as it takes."""
    patient = patient_of(request.user)
    assert patient is not None, "patient_required"
    latest = selectors.latest_export_of(patient)
    is_ready = latest is not None and latest.state == ExportState.READY and bool(latest.expires_at)
    context = {
        "export": latest,
        "is_ready": is_ready and latest is not None and latest.expires_at and latest.expires_at > clock.now(),
        "is_waiting": latest is not None and latest.state == ExportState.WAITING,
        "is_failed": latest is not None and latest.state == ExportState.FAILED,
        "parts": services.EXPORT_PARTS,
    }
    return render(request, "records/exports/export.html", context)


@require_safe
@recently_authenticated
@patient_required
def export_file(request: SignedInRequest, export_id: UUID) -> HttpResponse:
    found = services.export_open(actor=request.user, export_id=export_id)
    name, kind = "health-record.zip", "application/zip"
    # A file that streams is no HttpResponse by its type, and is one to everything that handles it.
    return cast("HttpResponse", file_response(key=found.key, name=name, media_type=kind, request=request))

"""One document: what it is, its file, and its preview."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.policies import SignedInRequest
from common import clock
from common.uploads.serving import upload_response
from common.uploads.showing import row_of_file
from notifications.selectors import messages_about
from records import document_pages, selectors, services
from records.policies import may_open, opens_as_carer
from records.reading import document_read
from records.shareable import can_share
from records.states import DocumentStatus, ShareKind


@require_safe
@login_required
def document(request: SignedInRequest, document_id: UUID) -> HttpResponse:
    """What is known of a document, with its preview in a frame. Of one that was entered in error only whoever added it
    reads more than that."""
    found = selectors.document_for(request.user, document_id)
    if found.patient.user_id == request.user.pk:
        services.news_mark_read(actor=request.user, thing_ids=[document_id], now=clock.now())
    shelf = document_pages.shelf_of(found, request.user)
    read = document_read(request.user, found)
    context = {
        "document": found,
        "shelf": shelf,
        "is_adder": read.is_adder,
        "told": messages_about(selectors.about_thing(found)) if read.is_adder and found.doctor_id else (),
        "is_hidden": read.is_hidden,
        "can_open": may_open(request.user, found),
        "can_share": can_share(request.user, ShareKind.DOCUMENT, found),
        "row": row_of_file(found, clock.now()),
        "added_by": document_pages.added_by(found, shelf),
        "as_carer": opens_as_carer(request.user, found),
        "can_list": selectors.is_record_open(request.user, found.patient, now=clock.now()),
        "versions": document_pages.lines_of(read.versions, shelf),
        "can_replace": read.is_adder and found.is_readable and found.status == DocumentStatus.CURRENT,
    }
    return render(request, "records/documents/document.html", context)


@require_safe
@login_required
def file(request: SignedInRequest, document_id: UUID) -> HttpResponseBase:
    """The file itself, to keep; each time is in the audit log."""
    serve = partial(upload_response, request=request)
    return services.document_open(actor=request.user, document_id=document_id, serve=serve)


@require_safe
@login_required
def preview(request: SignedInRequest, document_id: UUID) -> HttpResponseBase:
    """The file for a frame of its page; each look is in the audit log."""
    serve = partial(upload_response, request=request, inline=True)
    return services.document_open(actor=request.user, document_id=document_id, serve=serve, as_preview=True)

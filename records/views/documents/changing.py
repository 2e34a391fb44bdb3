"""A newer version of a document, and what is done about a mistake; both for whoever added it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.policies import SignedInRequest
from common import clock, idempotency
from common.errors import Conflict, Invalid
from common.forms import show_refusal
from records import document_pages, selectors, services
from records.forms.documents import MistakeForm, NewVersionForm
from records.models import Document
from records.policies import assert_may_correct


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def replace(request: SignedInRequest, document_id: UUID) -> HttpResponse:
    document = _own(request, document_id)
    form = NewVersionForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method != "POST":
        return _page(request, "replace", document, form)
    if not form.is_valid():
        return _page(request, "replace", document, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    file = form.cleaned_data["file"]
    try:
        key = form.cleaned_data["idempotency_key"]
        services.document_replace(actor=request.user, document_id=document_id, file=file, key=key)
    except (Conflict, Invalid) as error:
        show_refusal(form, error)
        return _page(request, "replace", document, form, error.status)
    messages.success(request, "The new version is checked for viruses now, and then takes the place of this one.")
    return redirect(document_pages.shelf_of(document, request.user).add_path)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def error(request: SignedInRequest, document_id: UUID) -> HttpResponse:
    """It does not count; where a doctor says whose it is, it is moved there."""
    document = _own(request, document_id)
    visits = []
    if document.doctor_id is not None and document.is_readable:
        visits = selectors.visits_to_move_to(request.user, document, now=clock.now())
    form = MistakeForm(request.POST if request.method == "POST" else None, visits=visits)
    if request.method != "POST":
        return _page(request, "error", document, form)
    if not form.is_valid():
        return _page(request, "error", document, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        told = _correct(request, document_id, form)
    except (Conflict, Invalid) as refused:
        show_refusal(form, refused)
        return _page(request, "error", document, form, refused.status)
    messages.success(request, told)
    return redirect("records:document", document_id)


def _correct(request: SignedInRequest, document_id: UUID, form: MistakeForm) -> str:
    facts = {"actor": request.user, "document_id": document_id, "reason": form.cleaned_data["reason"]}
    if visit := form.cleaned_data.get("visit"):
        moved = services.document_move(**facts, appointment_id=UUID(visit))
        return f"It is in the record of {moved.patient.name} now, and counts here no more."
    services.document_error(**facts)
    return "It counts as entered in error."


def _own(request: SignedInRequest, document_id: UUID) -> Document:
    document = selectors.document_for(request.user, document_id)
    assert_may_correct(request.user, document)
    return document


def _page(
    request: SignedInRequest, name: str, document: Document, form: Any, status: int = HTTPStatus.OK
) -> HttpResponse:
    shelf = document_pages.shelf_of(document, request.user)
    context = {"document": document, "shelf": shelf, "form": form, "key": idempotency.new_key()}
    return render(request, f"records/documents/{name}.html", context, status=status)

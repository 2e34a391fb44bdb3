"""A note that was entered in error: asking a colleague, taking that back, and the colleague's answer."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policies import SignedInRequest
from common.errors import Conflict, Invalid
from common.forms import show_refusal
from common.typed import as_initial, typed_before, typed_is_kept
from doctors.policies import practice_required
from records import selectors, services
from records.forms.notes import ErrorForm
from records.policies import assert_may_write
from records.services.notes.error import REASON_LENGTH
from records.states import NoteStatus


@require_http_methods(["GET", "HEAD", "POST"])
@typed_is_kept(longest=2 * REASON_LENGTH)
@practice_required
def ask(request: SignedInRequest, note_id: UUID) -> HttpResponse:
    note = selectors.note_for(request.user, note_id)
    assert_may_write(request.user, note)
    if note.status == NoteStatus.ENTERED_IN_ERROR:
        return redirect("records:note", note_id)
    typed = typed_before(request)
    form = ErrorForm(request.POST if request.method == "POST" else None, initial=as_initial(ErrorForm, typed))
    status: int = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            services.note_error_ask(
                actor=request.user, note_id=note_id, reason=told["reason"], colleague_email=told["colleague"]
            )
        except (Conflict, Invalid) as error:
            show_refusal(form, error)
            status = error.status
        else:
            messages.success(request, "Your colleague finds the question on their list of notes.")
            return redirect("records:note", note_id)
    elif request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"note": note, "appointment": note.appointment, "form": form, "was_kept": bool(typed)}
    return render(request, "records/notes/error.html", context, status=status)


@require_POST
@practice_required
def withdraw(request: SignedInRequest, note_id: UUID) -> HttpResponse:
    services.note_error_withdraw(actor=request.user, note_id=note_id)
    messages.success(request, "The question to your colleague is taken back.")
    return redirect("records:note", note_id)


@require_POST
@practice_required
def answer(request: SignedInRequest, note_id: UUID) -> HttpResponse:
    agrees = request.POST.get("agrees") == "yes"
    services.note_error_answer(actor=request.user, note_id=note_id, agrees=agrees)
    messages.success(request, "The note counts as entered in error." if agrees else "The note stands as it is.")
    return redirect("records:to_do")

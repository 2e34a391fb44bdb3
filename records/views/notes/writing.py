"""Writing a note: begun from a visit, saved by a button or every few seconds, kept when two windows disagree."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policies import SignedInRequest
from booking.policies import acts_as_doctor
from booking.selectors import appointment_for
from common.errors import Conflict, Forbidden, NotFound
from common.htmx import is_fragment
from common.typed import typed_before
from doctors.policies import practice_required
from records import selectors, services
from records.errors import StaleDraft
from records.forms.notes import NoteForm, VersionForm
from records.models import VisitNote
from records.note_content import TEXT_LENGTH
from records.policies import assert_may_write
from records.presentation import parts_of
from records.states import NOTED
from records.views.autosave import rendered, saves_by_itself
from records.views.notes.spoilt import tells_what_is_spoilt

STATE = "records/notes/partials/state.html"


@require_http_methods(["GET", "HEAD", "POST"])
@practice_required
def visit_note(request: SignedInRequest, appointment_id: UUID) -> HttpResponse:
    """The note of a visit: the one that is there, or the button that begins it."""
    appointment = appointment_for(request.user, appointment_id)
    if not acts_as_doctor(request.user, appointment):
        raise Forbidden("doctors_only", "Only the doctor of a visit can write its note.")
    if request.method == "POST":
        note = services.note_begin(actor=request.user, appointment_id=appointment_id)
        return redirect("records:edit" if note.has_draft else "records:note", note.public_id)
    known = selectors.note_of_visit(request.user, appointment)
    if known is not None:
        return redirect("records:edit" if known.has_draft else "records:note", known.public_id)
    context = {"appointment": appointment, "can_begin": appointment.status in NOTED}
    return render(request, "records/notes/visit_note.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@saves_by_itself(STATE, longest=2 * TEXT_LENGTH)
@practice_required
@tells_what_is_spoilt
def edit(request: SignedInRequest, note_id: UUID) -> HttpResponse:
    """The form, and saving it: htmx gets the state of the draft alone, and a signed-out doctor's text stays there."""
    note = selectors.note_for(request.user, note_id)
    assert_may_write(request.user, note)
    if request.method == "POST":
        return _save(request, note)
    typed = typed_before(request)
    # What is not as it was signed is not amended; its own page says so.
    is_closed = not note.can_be_written or (not note.has_draft and _is_altered(note))
    if is_closed and not typed:
        return redirect("records:note", note.public_id)
    services.note_viewed(actor=request.user, note=note)
    content = selectors.content_to_write(note)
    initial = {**content.parts, "version": note.draft_version, **typed}
    headings = selectors.headings_to_write(note, content, [name for name, text in typed.items() if text])
    return _show(request, note, NoteForm(initial=initial, headings=headings), was_kept=bool(typed))


def _save(request: SignedInRequest, note: VisitNote) -> HttpResponse:
    # A section that was switched off while somebody wrote under it is still there for what they typed.
    typed = [name for name, text in request.POST.items() if text]
    headings = selectors.headings_to_write(note, selectors.content_to_write(note), typed)
    form = NoteForm(request.POST, headings=headings)
    if not form.is_valid():
        return _refused(request, note, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    version = form.cleaned_data["keep"] or form.cleaned_data["version"]
    try:
        saved = services.note_save(actor=request.user, note_id=note.public_id, version=version, content=form.content)
    except StaleDraft as error:
        return _clash(request, note, form, error)
    except Conflict as error:
        form.add_error(None, error.message)
        return _refused(request, note, form, error.status)
    if is_fragment(request):
        return rendered(request, STATE, {"note": saved, "version": saved.draft_version})
    if "sign" in request.POST:
        return redirect("records:sign", note.public_id)
    messages.success(request, "Your draft is saved.")
    return redirect("records:edit", note.public_id)


def _clash(request: SignedInRequest, note: VisitNote, form: NoteForm, error: StaleDraft) -> HttpResponse:
    """Both texts: the stored one to read, and what was typed in the form. Nothing is overwritten until the doctor says
    which one to keep: until then each save is refused like this one.
    """
    context = {
        "refused": error,
        "stored": parts_of(error.stored, for_patient=False),
        "stored_summary": error.stored.summary,
        "stored_version": error.version,
    }
    if is_fragment(request):
        return rendered(
            request, STATE, {**context, "note": note, "version": form.cleaned_data["version"]}, error.status
        )
    return _show(request, note, form, status=error.status, **context)


def _refused(request: SignedInRequest, note: VisitNote, form: NoteForm, status: int) -> HttpResponse:
    if is_fragment(request):
        return rendered(request, STATE, {"note": note, "form": form, "version": form.data.get("version", "")}, status)
    return _show(request, note, form, status=status)


def _show(
    request: SignedInRequest, note: VisitNote, form: NoteForm, status: int = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    context = {
        "note": note,
        "appointment": note.appointment,
        "form": form,
        "version": form["version"].value(),
        "record_path": _record_path(request, note),
        "is_altered": _is_altered(note),
        **more,
    }
    return rendered(request, "records/notes/edit.html", context, status)


def _is_altered(note: VisitNote) -> bool:
    return note.is_signed and not selectors.is_whole(note, selectors.readings_of(note))


def _record_path(request: SignedInRequest, note: VisitNote) -> str:
    """Where the patient's record is read, which stands beside the form; not everybody who wrote a note still may."""
    try:
        selectors.patient_open_to(request.user, note.patient.public_id)
    except NotFound:
        return ""
    return reverse("records:patient_record", args=[note.patient.public_id])


@require_POST
@practice_required
def discard(request: SignedInRequest, note_id: UUID) -> HttpResponse:
    note = selectors.note_for(request.user, note_id)
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else -1
    try:
        note = services.note_discard(actor=request.user, note_id=note_id, version=version)
    except Conflict as error:
        messages.error(request, error.message)
        return redirect("records:edit", note_id)
    if note.is_signed:
        messages.success(request, "What was not signed is thrown away.")
        return redirect("records:note", note_id)
    messages.success(request, "The draft is thrown away.")
    return redirect("records:to_do")

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.policies import SignedInRequest, recently_authenticated
from common import clock
from common.errors import Conflict, Invalid
from common.forms import show_refusal
from common.typed import as_initial, typed_before, typed_is_kept
from doctors.policies import practice_required
from records import selectors, services
from records.errors import StaleDraft
from records.forms.notes import SignForm
from records.models import VisitNote
from records.policies import assert_may_sign
from records.presentation import changes_between, parts_of
from records.services.notes.sign import REASON_LENGTH
from records.views.notes.spoilt import tells_what_is_spoilt


@require_http_methods(["GET", "HEAD", "POST"])
@typed_is_kept(longest=2 * REASON_LENGTH)
@recently_authenticated
@practice_required
@tells_what_is_spoilt
def sign(request: SignedInRequest, note_id: UUID) -> HttpResponse:
    """What is about to be signed, and signing it: whoever does proves once more who they are."""
    note = selectors.note_for(request.user, note_id)
    assert_may_sign(request.user, note)
    is_open = note.released_at is not None and note.released_at <= clock.now()
    if request.method == "POST" and not note.has_draft:
        messages.info(
            request, "It was signed already, by a press before this one or in another window. Nothing was added."
        )
        return redirect("records:note", note.public_id)
    if request.method == "POST":
        return _sign(request, note, SignForm(request.POST, note=note, is_open=is_open))
    if not note.has_draft:
        return redirect("records:note", note.public_id)
    initial: dict[str, Any] = {}
    if note.released_at and not is_open:
        # The day that was chosen stays, unless the doctor chooses another now.
        initial["release_on"] = clock.clinic_day(note.released_at)
    typed = typed_before(request)
    # What they are shown and sign now is the text of now, whichever it was then.
    initial = {**initial, **as_initial(SignForm, typed), "version": note.draft_version}
    return _show(request, note, SignForm(initial=initial, note=note, is_open=is_open), was_kept=bool(typed))


def _sign(request: SignedInRequest, note: VisitNote, form: SignForm) -> HttpResponse:
    if not form.is_valid():
        return _show(request, note, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    told = form.cleaned_data
    try:
        services.note_sign(
            actor=request.user,
            note_id=note.public_id,
            version=told["version"],
            reason=told.get("reason", ""),
            release_on=told.get("release_on"),
        )
    except StaleDraft as error:
        # To be read once more: what is signed is what stands on this page.
        again = {**told, "version": error.version}
        is_open = "release_on" not in form.fields
        anew = SignForm(initial=again, note=note, is_open=is_open)
        return _show(request, selectors.note_for(request.user, note.public_id), anew, error.status, refused=error)
    except Conflict as error:
        return _show(request, note, form, error.status, refused=error)
    except Invalid as error:
        show_refusal(form, error)
        return _show(request, note, form, error.status)
    messages.success(request, "Signed. From now on it can be amended, and what you signed stays readable.")
    return redirect("records:note", note.public_id)


def _show(
    request: SignedInRequest,
    note: VisitNote,
    form: SignForm,
    status: int = HTTPStatus.OK,
    refused: Conflict | None = None,
    *,
    was_kept: bool = False,
) -> HttpResponse:
    content = selectors.content_to_write(note)
    readings = selectors.readings_of(note)
    before = readings[-1].content if readings else None
    context = {
        "note": note,
        "appointment": note.appointment,
        "form": form,
        "refused": refused,
        "was_kept": was_kept,
        "parts": parts_of(content, for_patient=False),
        "summary": content.summary,
        "changes": changes_between(before, content) if before else [],
    }
    return render(request, "records/notes/sign.html", context, status=status)

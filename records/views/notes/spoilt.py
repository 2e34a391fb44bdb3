"""What the pages that write a note say of a draft that no key opens any more."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from accounts.policies import SignedInRequest
from common.errors import Conflict
from common.htmx import is_fragment
from records import selectors
from records.note_content import NoteContent

View = Callable[..., HttpResponse]


def tells_what_is_spoilt(view: View) -> View:
    """For a view inside of what asks who may: its `altered` becomes a page with words and the button that throws the
    draft away, so that another can be begun, and what was typed to copy."""

    @wraps(view)
    def door(request: SignedInRequest, note_id: UUID, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, note_id, **kwargs)
        except Conflict as error:
            if is_fragment(request) or error.code != "altered":
                raise
            note = selectors.note_for(request.user, note_id)
            headings = selectors.headings_to_write(
                note, NoteContent(), [name for name, text in request.POST.items() if text]
            )
            names = dict.fromkeys([*(one.key for one in headings), "reason", "summary"])
            typed = [text for name in names if (text := request.POST.get(name, "").strip())]
            context = {"note": note, "refused": error, "typed": typed}
            return render(request, "records/notes/spoilt.html", context, status=error.status)

    return door

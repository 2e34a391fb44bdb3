"""What the pages that write a prescription say of a draft that ended meanwhile, or that no key opens any more."""

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
from records.errors import DraftOver

View = Callable[..., HttpResponse]
# What people type on these pages beside the medicines, whose fields are `item-…`.
_TEXTS = ("address", "substance", "reaction")


def tells_what_became(view: View) -> View:
    """For a view inside of what asks who may: its `DraftOver` and `altered` become a page with words and the way on,
    and what was typed to copy."""

    @wraps(view)
    def door(request: SignedInRequest, prescription_id: UUID, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, prescription_id, **kwargs)
        except Conflict as error:
            if is_fragment(request) or not (isinstance(error, DraftOver) or error.code == "altered"):
                raise
            prescription = selectors.prescription_for(request.user, prescription_id)
            names = [name for name in request.POST if name in _TEXTS or name.startswith("item-")]
            typed = [text for name in names if (text := request.POST.get(name, "").strip())]
            context = {"prescription": prescription, "refused": error, "typed": typed}
            return render(request, "records/prescriptions/over.html", context, status=error.status)

    return door

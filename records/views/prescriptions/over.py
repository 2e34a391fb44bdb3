"""What the pages that write a prescription say of a draft that ended meanwhile, or that no key opens any more."""

from __future__ import annotations

import re
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
from records.forms.prescriptions import AddressForm, AllergyForm, ItemForm

View = Callable[..., HttpResponse]
# What people type on these pages beside the medicines, whose fields are `item-…`.
_TEXTS = {**AddressForm.base_fields, **AllergyForm.base_fields}
_OF_ITEM = re.compile(r"item-(?P<number>[0-9]{1,2})-(?P<name>[a-z]+)")


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
            context = {"prescription": prescription, "refused": error, "typed": _typed(request)}
            return render(request, "records/prescriptions/over.html", context, status=error.status)

    return door


def _typed(request: SignedInRequest) -> list[tuple[str, str]]:
    """What was typed, each under the name of its field."""
    told = ((_label(name), request.POST.get(name, "").strip()) for name in request.POST)
    return [(label, text) for label, text in told if label and text]


def _label(name: str) -> str:
    """As the form says it; empty for what nobody types."""
    part = _OF_ITEM.fullmatch(name)
    field = ItemForm.base_fields.get(part["name"]) if part else _TEXTS.get(name)
    label = str(field.label or "") if field else ""
    if part is None or not label:
        return label
    medicine = f"Medicine {int(part['number']) + 1}"
    return medicine if part["name"] == "drug" else f"{medicine}, {label.lower()}"

"""What an officer does to one item of a case's checklist."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import cached_property

from accounts.models import User
from common.errors import NotFound
from verification import services
from verification.forms import AskForm, CheckForm
from verification.models import ChecklistItem, VerificationCase
from verification.views.case import CaseActionView


class ItemActionView(CaseActionView):
    item_form: type[CheckForm | AskForm]

    @cached_property
    def item(self) -> ChecklistItem:
        """Raises `NotFound` for an item of another case."""
        found = [item for item in self.object.items.all() if item.public_id == self.kwargs["item"]]
        if not found:
            raise NotFound
        return found[0]

    @property
    def answered(self) -> str:  # type: ignore[override]
        return f"item-{self.item.kind}"

    def bound_form(self) -> forms.Form:
        return self.item_form(self.request.POST, item=self.item)


class CheckItemView(ItemActionView):
    item_form = CheckForm
    done = "Checked."

    def run(self, actor: User, data: dict[str, Any]) -> VerificationCase:
        services.item_check(actor=actor, item_id=self.item.public_id, **data)
        return self.object


class AskItemView(ItemActionView):
    item_form = AskForm
    done = "Asked. The case waits on the doctor, and its clock stands still until they have answered."

    def run(self, actor: User, data: dict[str, Any]) -> VerificationCase:
        services.item_ask(actor=actor, item_id=self.item.public_id, request=data["request"])
        return self.object

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from accounts.models import Carer
from accounts.services import Terms
from accounts.states import Scope
from common import clock
from common.forms import EMAIL_LENGTH, DayField


class TermsForm(forms.Form):
    """What a carer may do, and until when."""

    scopes = forms.TypedMultipleChoiceField(
        label="What may they do for you?",
        help_text="They never see what you write to the doctor, nor a visit that you keep from them. They read your "
        "health record only if you tick that, and only until a day that you choose.",
        choices=Scope.choices,
        coerce=Scope,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose what this person may do for you."},
    )
    until = DayField(
        label="Last day",
        required=False,
        help_text="Empty means until you take it back. For your health record choose one, at most a year from now.",
    )

    @property
    def terms(self) -> Terms:
        """Of a valid form. The last day ends by the clinic's clock."""
        last: date | None = self.cleaned_data["until"]
        end = clock.end_of_day(last, clock.clinic_zone()) if last else None
        return Terms(scopes=frozenset(self.cleaned_data["scopes"]), expires_at=end)


class InviteForm(TermsForm):
    email = forms.EmailField(
        label="Their email address",
        max_length=EMAIL_LENGTH,
        help_text="We write to them. They sign in, or sign up, with this address to say yes.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter their email address."},
    )
    relation = forms.ChoiceField(
        label="Who they are to you",
        choices=[("", "Choose one"), *Carer.Relation.choices],
        error_messages={"required": "Choose who they are to you."},
    )
    field_order = ("email", "relation", "scopes", "until")


def terms_of(carer: Carer) -> dict[str, Any]:
    """What the form begins with where somebody is a carer already."""
    return {"scopes": [scope.value for scope in Scope if getattr(carer, scope.value)], "until": last_day(carer)}


def last_day(carer: Carer) -> date | None:
    """The last day, by the clinic's clock, on which a carer may act."""
    return clock.last_day(carer.expires_at) if carer.expires_at else None

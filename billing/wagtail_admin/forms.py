from __future__ import annotations

from typing import Any

from django import forms

from billing.forms import PoundsField
from billing.services import EVIDENCE_FIELDS

_MOST_WORDS = 2000


class RefundForm(forms.Form):
    amount = PoundsField(label="Amount in pounds")
    note = forms.CharField(
        label="Why",
        max_length=_MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For colleagues; nothing clinical.",
    )


class NoteForm(forms.Form):
    note = forms.CharField(label="What was found", max_length=_MOST_WORDS, widget=forms.Textarea(attrs={"rows": 2}))


class EvidenceForm(forms.Form):
    """Stripe's fields of evidence that facts of a booking can fill. Never anything clinical."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, label in EVIDENCE_FIELDS.items():
            widget = forms.Textarea(attrs={"rows": 3}) if name == "uncategorized_text" else forms.TextInput()
            self.fields[name] = forms.CharField(label=label, required=False, max_length=_MOST_WORDS, widget=widget)


class DecisionForm(forms.Form):
    """A complaint's decision."""

    is_upheld = forms.TypedChoiceField(
        label="Decision",
        choices=[("yes", "The patient is right"), ("no", "The patient is not right")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    amount = PoundsField(label="Give back, in pounds", required=False)
    answer = forms.CharField(
        label="Your answer",
        max_length=_MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The patient reads it.",
    )


class ReconcileForm(forms.Form):
    days = forms.IntegerField(label="Of the last days", min_value=1, max_value=90, initial=8)

from __future__ import annotations

from django import forms

from verification.states import ReasonCode


class NoteForm(forms.Form):
    """Goes with submitting, approving and taking up again."""

    note = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What you checked, for colleagues. The doctor does not see it.",
    )


class ReasonForm(forms.Form):
    """Goes with rejecting and suspending."""

    reason_code = forms.ChoiceField(
        label="Main reason",
        choices=[("", "Choose a reason"), *ReasonCode.choices],
        help_text="The doctor is told this.",
    )
    reason = forms.CharField(
        label="What you found",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For the record. The doctor does not see it.",
        error_messages={"required": "Say what you found: the record keeps it."},
    )

from __future__ import annotations

from django import forms

from common.forms import EMAIL_LENGTH, BirthDateField
from records.services.access.emergency import GLASS_REASON_LENGTH


class BreakGlassForm(forms.Form):
    """Whose record, and why. Nothing here helps to find anybody: it must be known exactly."""

    who = forms.CharField(
        label="Reference of an appointment, or the patient’s email address",
        max_length=EMAIL_LENGTH,
        error_messages={"required": "Enter the reference or the address."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    birth_date = BirthDateField(
        label="The patient’s date of birth", error_messages={"required": "Enter the patient’s date of birth."}
    )
    reason = forms.CharField(
        label="Why do you need it now?",
        help_text="A reviewer reads this tomorrow at the latest.",
        max_length=GLASS_REASON_LENGTH,
        error_messages={"required": "Say why you need it now."},
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )


class ReviewForm(forms.Form):
    """What a reviewer says of an emergency access."""

    finding = forms.ChoiceField(
        label="Was it justified?",
        choices=[("justified", "Yes, it was justified"), ("not-justified", "No, it was not")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it was."},
    )
    note = forms.CharField(
        label="What you found",
        max_length=GLASS_REASON_LENGTH,
        error_messages={"required": "Say what you found."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from common import clock
from common.forms import DayField
from records.selectors import records_settings
from records.services.access.share import SHARE_REASON_LENGTH


class ShareForm(forms.Form):
    """With which doctor, until when; a doctor who shares says why."""

    doctor = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": "Choose a doctor."})
    reason = forms.CharField(
        label="Why do you share it?",
        help_text="The patient reads this.",
        max_length=SHARE_REASON_LENGTH,
        error_messages={"required": "Say why."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    until = DayField(label="Last day", help_text="It ends by itself after this day. You can end it earlier.")
    field_order = ("doctor", "reason", "until")

    def __init__(self, *args: Any, is_by_patient: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("until", clock.clinic_day(clock.now()) + timedelta(days=records_settings().share_days))
        if is_by_patient:
            del self.fields["reason"]


class NoteSearchForm(forms.Form):
    """What to look for in one patient's notes."""

    words = forms.CharField(
        label="Search the visit notes",
        max_length=100,
        error_messages={"required": "Enter a word to look for."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

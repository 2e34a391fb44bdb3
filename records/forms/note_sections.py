"""The sections of a specialty's notes, as an administrator sets them."""

from __future__ import annotations

from django import forms

from records.models.note_sections import HINT_LENGTH, LABEL_LENGTH
from records.selectors import SectionSet
from records.services.note_sections import MOST_SECTIONS

# So many empty ones stand below those that are there; there are more after each saving.
EMPTY_ONES = 2
_LAST = 99
_STAMP_LENGTH = 64


class SectionForm(forms.Form):
    """One section. Whatever has no name and no key is no section."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=LABEL_LENGTH)
    label = forms.CharField(label="What doctors read above it", required=False, max_length=LABEL_LENGTH)
    patient_label = forms.CharField(
        label="What the patient reads above it",
        help_text="In plain words. The same if empty.",
        required=False,
        max_length=LABEL_LENGTH,
    )
    hint = forms.CharField(
        label="Hint for the doctor",
        help_text="What belongs here. It stands in the form alone, and in no note.",
        required=False,
        max_length=HINT_LENGTH,
    )
    position = forms.IntegerField(
        label="Place in the note",
        min_value=1,
        max_value=_LAST,
        error_messages={"required": "Enter a number.", "invalid": "Enter a whole number."},
    )
    is_on = forms.BooleanField(label="Notes have this section", required=False)

    @property
    def is_section(self) -> bool:
        return bool(self.cleaned_data.get("key") or self.cleaned_data.get("label"))

    @property
    def said(self) -> SectionSet:
        return SectionSet(**self.cleaned_data)


class StampForm(forms.Form):
    """What was set when the page was opened."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=_STAMP_LENGTH)


SectionFormSet = forms.formset_factory(
    SectionForm, extra=EMPTY_ONES, max_num=MOST_SECTIONS + EMPTY_ONES, absolute_max=2 * MOST_SECTIONS
)

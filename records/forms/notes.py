from __future__ import annotations

from typing import Any

from django import forms

from common.forms import EMAIL_LENGTH, DayField
from records.headings import Headings
from records.models import VisitNote
from records.note_content import TEXT_LENGTH, NoteContent, content_of
from records.services.notes.error import REASON_LENGTH
from records.states import Section

_TOO_LONG = f"Use at most {TEXT_LENGTH:,} characters here."
_LARGEST_VERSION = 2**31 - 1


def _text(label: str, help_text: str = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=TEXT_LENGTH,
        error_messages={"max_length": _TOO_LONG},
        widget=forms.Textarea(attrs={"rows": rows, "autocomplete": "off"}),
    )


class VersionForm(forms.Form):
    """With the version of the draft that the person has before them."""

    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=_LARGEST_VERSION, error_messages={"required": "Open it again."}
    )


class NoteForm(VersionForm):
    """A note as its doctor writes it, under the headings that it has."""

    summary = _text(
        "In plain words, for the patient",
        "What you found, what happens next and when to come back sooner. It is the first thing that they read.",
        5,
    )
    # After a clash: the version that the doctor has seen, and writes over.
    keep = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=_LARGEST_VERSION)

    def __init__(self, *args: Any, headings: Headings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headings = headings
        for one in headings:
            self.fields[one.key] = _text(one.label, one.hint, rows=2 if one.key == Section.REASON else 4)
        self.order_fields([*(one.key for one in headings), "summary", "version", "keep"])

    @property
    def content(self) -> NoteContent:
        return content_of(self.cleaned_data, self.headings)


class SignForm(VersionForm):
    """What is asked when a note, or an amendment of it, is signed."""

    reason = forms.CharField(
        label="Why is it amended?",
        help_text="The patient reads this beside the new version.",
        max_length=REASON_LENGTH,
        error_messages={"required": "Say why the note is amended."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    release_on = DayField(
        label="Show it to the patient only from",
        help_text="Leave this empty and they can read it at once.",
        required=False,
    )
    field_order = ("reason", "release_on", "version")

    def __init__(self, *args: Any, note: VisitNote, is_open: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not note.is_signed:
            del self.fields["reason"]
        if is_open:
            del self.fields["release_on"]


class ErrorForm(forms.Form):
    """Who else is to say that a note was entered in error, and why it was."""

    reason = forms.CharField(
        label="What is wrong with it?",
        help_text="Your colleague reads this. The patient does not.",
        max_length=REASON_LENGTH,
        error_messages={"required": "Say what is wrong."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    colleague = forms.EmailField(
        label="Email address of the colleague who is to agree",
        help_text="A verified doctor here. They can read this note for 14 days, or until they have answered.",
        max_length=EMAIL_LENGTH,
        error_messages={"required": "Enter your colleague’s email address."},
    )

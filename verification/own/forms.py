"""What a doctor fills in for their own verification."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from common.forms import DayField
from common.uploads.forms import UploadField
from common.widgets import DatePartsWidget
from doctors.models import Doctor
from verification.models import ChecklistItem
from verification.states import BY_FILE, EXPIRING, ItemKind

TITLES = ("Dr", "Professor", "Mr", "Mrs", "Miss", "Ms", "Mx")
WORDS_LENGTH = 4000
_WORDS_TOO_LONG = "This can have at most %(limit_value)d characters."


class ParticularsForm(forms.Form):
    """Who the doctor is on the medical register; the service judges number and names."""

    title = forms.ChoiceField(label="Title", required=False)
    given_name = forms.CharField(
        label="First name",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": "Enter your first name."},
    )
    family_name = forms.CharField(
        label="Last name",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": "Enter your last name."},
    )
    gmc_number = forms.CharField(
        label="GMC number",
        max_length=20,
        help_text="The 7 digits of your entry in the medical register, for example 7654321.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        error_messages={"required": "Enter your GMC number."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = str(self.initial.get("title", "Dr"))
        titles = [*TITLES, *([kept] if kept and kept not in TITLES else [])]
        self.fields["title"] = forms.ChoiceField(
            label="Title", required=False, initial="Dr", choices=[*((one, one) for one in titles), ("", "None")]
        )


def particulars_of(doctor: Doctor) -> dict[str, str]:
    """What `ParticularsForm` begins with, and what the services take."""
    return {name: getattr(doctor, name) for name in ("title", "given_name", "family_name", "gmc_number")}


class ItemForm(forms.Form):
    """The doctor's part of one item: words, a last day and a file, whichever its kind has.

    `needs_file`: whether it is of no use without one.
    """

    answer = forms.CharField(
        max_length=WORDS_LENGTH,
        error_messages={"required": "Write a few sentences.", "max_length": _WORDS_TOO_LONG},
    )
    stated_expires_on = DayField(
        label="Last day on which it is valid",
        help_text="As on the certificate, for example 27 3 2027",
        widget=DatePartsWidget,
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": "Enter the last day on which it is valid.",
            "invalid": "Enter a real day, such as 27 3 2027.",
        },
    )
    file = UploadField(required=False)

    labels: ClassVar[dict[ItemKind, str]] = {
        ItemKind.STATEMENT: "Your statement",
        ItemKind.QUALIFICATIONS: "Your qualifications",
    }
    rows: ClassVar[dict[ItemKind, int]] = {ItemKind.STATEMENT: 8, ItemKind.QUALIFICATIONS: 5}
    hints: ClassVar[dict[ItemKind, str]] = {
        ItemKind.STATEMENT: "What you treat and how you work, in a few sentences.",
        ItemKind.QUALIFICATIONS: "One on each line, with the place and the year.",
    }

    def __init__(self, *args: Any, item: ChecklistItem, needs_file: bool = False, **kwargs: Any) -> None:
        kind = ItemKind(item.kind)
        kwargs["initial"] = {"answer": item.answer, "stated_expires_on": item.stated_expires_on}
        super().__init__(*args, **kwargs)
        if kind in self.labels:
            answer = self.fields["answer"]
            answer.label, answer.help_text = self.labels[kind], self.hints[kind]
            answer.required = kind == ItemKind.STATEMENT
            answer.widget = forms.Textarea(attrs={"rows": self.rows[kind]})
        else:
            del self.fields["answer"]
        if kind not in EXPIRING:
            del self.fields["stated_expires_on"]
        if kind not in BY_FILE:
            del self.fields["file"]
        else:
            self.fields["file"].required = needs_file and len(self.fields) == 1

    @property
    def has_words(self) -> bool:
        """Whether there is anything beside a file to be saved."""
        return "answer" in self.fields or "stated_expires_on" in self.fields

    @property
    def words_are_sound(self) -> bool:
        """Of a bound form: whether what is not a file can be saved, whatever became of the file."""
        return self.has_words and not {"answer", "stated_expires_on"} & self.errors.keys()

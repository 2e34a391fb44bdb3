"""What a doctor writes about themselves for their public page, as plain text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from doctors import profile

MOST_ROWS = 12
MOST_INTERESTS = 30
LONGEST_INTEREST = 80
LONGEST_TEXT = 6000

_PARTS: dict[str, dict[str, forms.Field]] = {
    "qualification": {
        "name": forms.CharField(label="Qualification", max_length=120, required=False),
        "institution": forms.CharField(label="Where", max_length=160, required=False),
        "year": forms.IntegerField(
            label="Year",
            required=False,
            min_value=1940,
            max_value=2100,
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Enter a year, such as 2009."),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        ),
    },
    "question": {
        "question": forms.CharField(label="Question", max_length=200, required=False),
        "answer": forms.CharField(
            label="Answer", max_length=LONGEST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 3})
        ),
    },
}
# Beside the part that a row cannot do without.
_NEEDED = {"qualification": ("name", "Enter the qualification."), "question": ("question", "Enter the question.")}


class PageForm(forms.Form):
    """The four things that a doctor says; lists have one empty row more, and another with each press of "add".

    `current` is what the form begins with, and the rich text that stays where nobody touched its words.
    """

    biography = forms.CharField(
        label="About you",
        max_length=LONGEST_TEXT,
        required=False,
        help_text="Leave a line empty between paragraphs. Begin a line with “- ” for a list.",
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    interests = forms.CharField(
        label="Special interests and conditions",
        max_length=MOST_INTERESTS * (LONGEST_INTEREST + 2),
        required=False,
        help_text="One on each line, in words that patients use.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, data: Any = None, *, current: profile.Content, add: str = "") -> None:
        self.current = current
        super().__init__(data, initial=_typed(current))
        self.counts = {kind: self._count(kind, kind == add) for kind in _PARTS}
        for kind, parts in _PARTS.items():
            for number in range(self.counts[kind]):
                for part, field in parts.items():
                    self.fields[f"{kind}-{number}-{part}"] = _copy(field)

    def _count(self, kind: str, one_more: bool) -> int:  # noqa: FBT001 - told apart by the name it is given
        if not self.is_bound:
            return min(len(self.current[f"{kind}s"]) + 1, MOST_ROWS)
        told = str(self.data.get(f"{kind}-rows", ""))
        asked = int(told) if told.isascii() and told.isdigit() and len(told) < 4 else 1  # noqa: PLR2004
        return max(1, min(asked + one_more, MOST_ROWS))

    def rows(self, kind: str) -> list[list[BoundField]]:
        """The fields of each row of a list."""
        return [[self[f"{kind}-{number}-{part}"] for part in _PARTS[kind]] for number in range(self.counts[kind])]

    @property
    def lists(self) -> list[dict[str, Any]]:
        """Each list for the template: its heading, its rows, and how many there are."""
        return [
            {
                "kind": kind,
                "heading": profile.LABELS[f"{kind}s"],
                "rows": self.rows(kind),
                "count": self.counts[kind],
                "is_full": self.counts[kind] >= MOST_ROWS,
            }
            for kind in _PARTS
        ]

    def clean_interests(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["interests"].splitlines() if line.strip()]
        if len(lines) > MOST_INTERESTS:
            raise ValidationError(f"Name {MOST_INTERESTS} at most: those that patients look for.")
        if any(len(line) > LONGEST_INTEREST for line in lines):
            raise ValidationError(f"Each line can have at most {LONGEST_INTEREST} characters.")
        return lines

    def clean(self) -> dict[str, Any]:
        for kind, (needed, message) in _NEEDED.items():
            for number, row in self._filled(kind):
                name = f"{kind}-{number}-{needed}"
                if not row[needed] and name not in self.errors:
                    self.add_error(name, message)
        for number, row in self._filled("question"):
            if not row["answer"] and f"question-{number}-answer" not in self.errors:
                self.add_error(f"question-{number}-answer", "Enter the answer.")
        return self.cleaned_data

    def _filled(self, kind: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """The rows in which something is written."""
        for number in range(self.counts[kind]):
            row = {part: self.cleaned_data.get(f"{kind}-{number}-{part}") or "" for part in _PARTS[kind]}
            if any(row.values()):
                yield number, row

    def content(self) -> profile.Content:
        """What the valid (or half valid) form says, in the page's own form."""
        said = self.cleaned_data
        typed = {
            "biography": said.get("biography", ""),
            "interests": said.get("interests", []),
            "qualifications": [row for _, row in self._filled("qualification")],
            "questions": [row for _, row in self._filled("question")],
        }
        return profile.content_typed(typed, self.current)


def _copy(field: forms.Field) -> forms.Field:
    return field.__deepcopy__({})


def _typed(content: profile.Content) -> dict[str, Any]:
    plain = profile.plain(content)
    typed: dict[str, Any] = {"biography": plain["biography"], "interests": "\n".join(plain["interests"])}
    for kind in _PARTS:
        for number, row in enumerate(plain[f"{kind}s"]):
            typed |= {f"{kind}-{number}-{part}": value for part, value in row.items()}
    return typed

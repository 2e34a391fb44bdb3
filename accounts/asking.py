"""What other apps ask people on forms of their own, in the same fields everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from accounts.access_needs import INTERPRETER_LENGTH, OTHER_LENGTH, AccessNeeds
from accounts.models import CONSENT_FIELD, Agreement, ConsentQuestion


class AccessNeedsFields(forms.Form):
    """The fields for `AccessNeeds`; all may stay empty."""

    # That the form had these fields: one that was opened before they were there says nothing about needs.
    needs_asked = forms.CharField(widget=forms.HiddenInput, initial="1", required=False)
    step_free = forms.BooleanField(label="Step-free access", required=False)
    hearing_loop = forms.BooleanField(label="A hearing loop", required=False)
    interpreter = forms.CharField(
        label="An interpreter for",
        help_text="The language, such as Polish or British Sign Language.",
        max_length=INTERPRETER_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": f"Use at most {INTERPRETER_LENGTH} characters for the language."},
    )
    other_needs = forms.CharField(
        label="Something else",
        max_length=OTHER_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": f"Use at most {OTHER_LENGTH} characters to say what else you need."},
    )

    NEEDS = ("step_free", "hearing_loop", "interpreter", "other_needs")

    @property
    def needs_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.NEEDS]

    @property
    def needs(self) -> AccessNeeds | None:
        """What a valid form says; None where it was not asked."""
        if not self.cleaned_data["needs_asked"]:
            return None
        return AccessNeeds(
            step_free=self.cleaned_data["step_free"],
            hearing_loop=self.cleaned_data["hearing_loop"],
            interpreter=self.cleaned_data["interpreter"],
            other=self.cleaned_data["other_needs"],
        )


def initial_needs(needs: AccessNeeds) -> dict[str, Any]:
    return {
        "step_free": needs.step_free,
        "hearing_loop": needs.hearing_loop,
        "interpreter": needs.interpreter,
        "other_needs": needs.other,
    }


class ConsentFields(forms.Form):
    """A box to tick for each question, never ticked for anybody; what is sent is the version of the words."""

    def ask_consents(self, questions: Iterable[ConsentQuestion]) -> None:
        """Put the boxes on the form. A tick for other words than today's is heard, and not shown again."""
        self.questions = list(questions)
        self.ticked = {name: sent for name, sent in self.data.items() if name.startswith(CONSENT_FIELD)}
        self._sent = {question.code: self.data.get(question.field_name) for question in self.questions}
        for question in self.questions:
            self.fields[question.field_name] = forms.BooleanField(
                label=question.statement if question.is_required else f"{question.statement} (optional)",
                help_text=_more_of(question),
                required=False,
                widget=forms.CheckboxInput(attrs={"value": question.version}),
            )
            self._forget_others(question)

    def _forget_others(self, question: ConsentQuestion) -> None:
        name, today = question.field_name, str(question.version)
        if self.initial.get(name) != today:
            self.initial.pop(name, None)
        if self.data.get(name) not in (None, today):
            self.data = {key: value for key, value in self.data.items() if key != name}

    @property
    def consent_fields(self) -> list[forms.BoundField]:
        return [self[question.field_name] for question in self.questions]

    @property
    def agreed(self) -> list[Agreement]:
        """What was ticked, in the version in which it was read."""
        return [Agreement(code, int(sent)) for code, sent in self._sent.items() if sent and sent.isdecimal()]


def _more_of(question: ConsentQuestion) -> SafeString:
    """What agreeing means, and the way to what one says one has read: beside the form, whose answers are kept."""
    if not question.read_at:
        return conditional_escape(question.more)
    return format_html(
        '{} <a class="link" href="{}" target="_blank" rel="noopener">Read it first'
        '<span class="sr-only">: {}</span> (opens in a new tab)</a>',
        question.more,
        question.read_at,
        question.statement,
    )

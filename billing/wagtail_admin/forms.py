from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from django import forms
from django.http import QueryDict

from billing.forms import PoundsField
from billing.models import Payment
from billing.selectors import left_of
from billing.services import EVIDENCE_FIELDS
from common.forms import OnceForm
from common.money import Money
from common.templatetags.when import long_date

_MOST_WORDS = 2000


class RefundForm(OnceForm):
    amount = PoundsField(label="Amount in pounds")
    note = forms.CharField(
        label="Why",
        max_length=_MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For colleagues; nothing clinical.",
        error_messages={"required": "Say why it is given back."},
    )


class NoteForm(OnceForm):
    """Words for colleagues about a payment: `about` says which of its page's forms it is."""

    note = forms.CharField(
        max_length=_MOST_WORDS, widget=forms.Textarea(attrs={"rows": 2}), help_text="For colleagues; nothing clinical."
    )
    _LABELS: ClassVar = {"settle": "What was found", "mistake": "What was wrong"}

    def __init__(self, *args: Any, about: str, **more: Any) -> None:
        # It stands beside another form on its page.
        super().__init__(*args, auto_id=f"{about}_%s", **more)
        self.about = about
        label = self.fields["note"].label = self._LABELS[about]
        self.fields["note"].error_messages["required"] = f"Say {label.lower()}."


class EvidenceForm(OnceForm):
    """Stripe's fields of evidence that facts of a booking can fill. Never anything clinical."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, auto_id="evidence_%s", **more)
        for name, label in EVIDENCE_FIELDS.items():
            # What is longer than a phone is wide can be read whole.
            widget = forms.TextInput() if name == "service_date" else forms.Textarea(attrs={"rows": 2})
            self.fields[name] = forms.CharField(label=label, required=False, max_length=_MOST_WORDS, widget=widget)
        self.fields["is_final"] = forms.BooleanField(
            label="I have read all of this",
            help_text="It goes to the bank once, and nothing can be added or changed afterwards.",
            error_messages={"required": "Say that you have read it: it can be sent only once."},
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(name) for name in EVIDENCE_FIELDS):
            self.add_error(next(iter(EVIDENCE_FIELDS)), "Fill in at least one fact for the bank.")
        return cleaned


class DecisionForm(OnceForm):
    """A complaint's decision."""

    is_upheld = forms.TypedChoiceField(
        label="Decision",
        choices=[("yes", "The patient is right"), ("no", "The patient is not right")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who is right."},
    )
    payment = forms.ChoiceField(label="Give back of", widget=forms.RadioSelect, required=False)
    amount = PoundsField(
        label="How much, in pounds", required=False, help_text="Nothing goes back where this is empty."
    )
    answer = forms.CharField(
        label="Your answer",
        max_length=_MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The patient reads it.",
        error_messages={"required": "Write an answer for the patient."},
    )

    def __init__(self, data: QueryDict | None = None, *, payments: Iterable[Payment]) -> None:
        super().__init__(data)
        choices = [(str(payment.public_id), _named(payment)) for payment in payments]
        if not choices:
            # Nothing was paid that could go back.
            del self.fields["payment"], self.fields["amount"]
            return
        cast("forms.ChoiceField", self.fields["payment"]).choices = choices
        self.initial["payment"] = choices[0][0]


def _named(payment: Payment) -> str:
    """As an officer tells one payment of an appointment from another."""
    left, taken = Money(left_of(payment), payment.currency), Money(payment.captured_minor, payment.currency)
    day = long_date(payment.paid_at, payment.appointment.location.zone) if payment.paid_at else ""
    return f"{taken}, {payment.get_method_display().lower()}, {day}: up to {left}"


class ReconcileForm(forms.Form):
    days = forms.IntegerField(
        label="Of the last days",
        min_value=1,
        max_value=90,
        initial=8,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Enter a number of days from 1 to 90."
        ),
    )

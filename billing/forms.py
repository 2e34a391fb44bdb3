from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from billing.services import MOST_LETTERS
from billing.states import ComplaintReason, Method
from billing.validators import CARD_NUMBER, REFERENCE_LETTERS, has_card_number
from common.forms import OnceForm

AT_THE_DESK = [(method.value, method.label) for method in Method if method != Method.ONLINE]


class PoundsField(forms.DecimalField):
    """An amount as people write it; cleaned to minor units.

    Typed as text: a browser's field for numbers drops the comma of 12,50 and makes 1250 of it.
    """

    widget = forms.TextInput
    default_error_messages = {
        "required": "Enter an amount.",
        "invalid": "Enter an amount in pounds, such as 12.50.",
        "min_value": "Enter an amount above zero.",
        "max_decimal_places": "Enter pounds and pence, such as 12.50.",
        "max_digits": "Enter a smaller amount.",
        "max_whole_digits": "Enter a smaller amount.",
    }

    def __init__(self, **more: Any) -> None:
        super().__init__(min_value=Decimal("0.01"), max_digits=9, decimal_places=2, **more)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # Whoever goes back after sending it finds it as new: what a browser filled in would be sent, and done, again.
        return {**super().widget_attrs(widget), "autocomplete": "off", "inputmode": "decimal"}

    def to_python(self, value: Any) -> Any:
        amount = value.strip().removeprefix("£") if isinstance(value, str) else value
        return super().to_python(amount)

    def clean(self, value: Any) -> Any:
        amount = super().clean(value)
        return None if amount is None else int(amount * 100)


class ReferenceField(forms.CharField):
    """Of the till or the bank. A card's number is refused, and never written back into the page."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=REFERENCE_LETTERS, **more)

    def validate(self, value: str) -> None:
        super().validate(value)
        if has_card_number(value):
            raise forms.ValidationError(CARD_NUMBER, code="card_number")

    def bound_data(self, data: Any, initial: Any) -> Any:
        return "" if has_card_number(data or "") else super().bound_data(data, initial)


class TakenForm(OnceForm):
    """What the clinic has taken at the desk."""

    method = forms.ChoiceField(
        label="Paid by",
        choices=AT_THE_DESK,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how it was paid."},
    )
    amount = PoundsField(label="Amount in pounds")
    reference = ReferenceField(
        label="Your reference", required=False, help_text="From the till or the bank. No card numbers."
    )


class MistakeForm(OnceForm):
    """Why something that the desk wrote down as paid was not."""

    note = forms.CharField(
        label="What was wrong?",
        max_length=200,
        help_text="For colleagues; nothing clinical. For example: paid by card, not in cash.",
        error_messages={"required": "Say what was wrong."},
    )


class ComplaintForm(OnceForm):
    reason = forms.ChoiceField(
        label="What is wrong?",
        choices=ComplaintReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is wrong."},
    )
    text = forms.CharField(
        label="Tell us more",
        required=False,
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="About the money only. Please do not write about your health here.",
    )

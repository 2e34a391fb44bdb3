from __future__ import annotations

import re

from django import forms

from accounts.forms import ask_for
from accounts.validators import normalise_phone, validate_phone

_UK_MOBILE = re.compile(r"\+447\d{9}")


class NumberForm(forms.Form):
    """The mobile number that texts are to go to; cleaned it is E.164."""

    mobile = forms.CharField(
        max_length=40,
        label="Mobile number",
        help_text="Such as 07700 900123. We send a code to it, to see that it is yours.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        validators=[validate_phone],
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        ask_for(self.fields["mobile"])

    def clean_mobile(self) -> str:
        number = normalise_phone(self.cleaned_data["mobile"])
        if number.startswith("+44") and not _UK_MOBILE.fullmatch(number):
            raise forms.ValidationError("Enter the number of a mobile phone: a landline cannot take texts.")
        return number


class CodeForm(forms.Form):
    """The code that came back."""

    code = forms.CharField(
        max_length=12,
        label="Code",
        help_text="Six digits, valid for 10 minutes.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        ask_for(self.fields["code"])

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())

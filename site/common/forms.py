"""What forms of every app have in common."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict

from common import idempotency
from common.clock import EARLIEST, LATEST
from common.errors import DomainError, Invalid
from common.models import PublicIdModel
from common.widgets import BirthDateWidget

# As long as the columns of addresses are.
EMAIL_LENGTH = 254


class DayInput(forms.DateInput):
    """A browser's own field of a day, which stays empty unless the day is written the one way that it reads."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")

    def format_value(self, value: Any) -> str | None:
        with suppress(ValidationError):
            value = forms.DateField().to_python(value)
        return super().format_value(value)


class DayField(forms.DateField):
    """A day near enough to count with."""

    widget = DayInput
    default_error_messages = {"required": "Enter a day.", "invalid": "Enter a real day, such as 27/03/2027."}
    default_validators = [
        MinValueValidator(EARLIEST, "Enter a day that is not so long ago."),
        MaxValueValidator(LATEST, "Enter a day that is nearer."),
    ]


class BirthDateField(forms.DateField):
    """A date of birth, typed in three parts."""

    widget = BirthDateWidget
    default_error_messages = {
        "required": "Enter your date of birth.",
        "invalid": "Enter a real date of birth, such as 27 3 1986.",
    }

    def __init__(self, **kwargs: Any) -> None:
        told = {"label": "Date of birth", "help_text": "For example, 27 3 1986"}
        super().__init__(input_formats=["%Y-%m-%d"], **{**told, **kwargs})


class OnceForm(forms.Form):
    """A form with a hidden key, by which the server knows it when it is sent a second time."""

    # The fields that take the whole width of a page where others stand two in a row.
    wide: tuple[str, ...] = ()
    idempotency_key = forms.CharField(widget=forms.HiddenInput, max_length=idempotency.MAX_KEY_LENGTH, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("idempotency_key", idempotency.new_key())

    def do_once(self, *, user: AbstractBaseUser, run: Callable[[], PublicIdModel], **about: object) -> UUID:
        """Do what this valid form asks for, at most once for its key; the public id of what came of it. `about`
        says what else makes it this request.

        Sent again it changes nothing. Where its key stands for something else that was done it raises `Invalid`
        (`idempotency_key_reused`) and has a new one, so that whoever means it can send it once more.
        """
        fingerprint = {"form": type(self).__name__, **self.cleaned_data, **about, "idempotency_key": ""}
        try:
            key = self.cleaned_data["idempotency_key"]
            return idempotency.once(user=user, key=key, fingerprint=fingerprint, run=run).public_id
        except Invalid as error:
            if error.code != "idempotency_key_reused":
                raise
            data = cast("QueryDict", self.data).copy()
            data["idempotency_key"] = idempotency.new_key()
            self.data = data
            message = (
                "You sent this form before, and something else was done by it. If you want this too, send it again."
            )
            raise Invalid(error.code, message) from error

    @property
    def asked_fields(self) -> list[forms.BoundField]:
        """What a person is asked, without what only a preview asks."""
        return [field for field in self.visible_fields() if field.name != "standing"]


class SeenForm(OnceForm):
    """What goes with a change of an appointment that an address names: the state that the person looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


def show_refusal(form: forms.BaseForm, error: DomainError) -> None:
    """Put a service's refusal beside the fields that it names, or above the form where it names none."""
    names = getattr(form, "names", {})
    fields = error.fields if isinstance(error, Invalid) else {}
    for name, problems in fields.items():
        shown = names.get(name, name)
        for problem in problems:
            form.add_error(shown if shown in form.fields else None, problem)
    if not fields:
        form.add_error(None, error.message)

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Gender
from common.forms import DayField
from common.templatetags.when import short_date
from doctors.languages import LANGUAGES
from doctors.selectors import Choices, DoctorFilters
from doctors.states import Modality

_BY_NAME = sorted(LANGUAGES.items(), key=lambda item: item[1])
_GENDERS = [(gender.value, gender.label) for gender in (Gender.FEMALE, Gender.MALE)]


class SearchForm(forms.Form):
    """The filters above the results; a GET form, so that an address can be shared."""

    q = forms.CharField(
        label="Name, specialty or condition",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    specialty = forms.ChoiceField(required=False)
    location = forms.ChoiceField(required=False)
    modality = forms.ChoiceField(label="Kind of visit", choices=[("", "Any"), *Modality.choices], required=False)
    language = forms.ChoiceField(choices=[("", "Any"), *_BY_NAME], required=False)
    gender = forms.ChoiceField(label="Gender of the doctor", choices=[("", "Any"), *_GENDERS], required=False)
    price = forms.IntegerField(
        label="Price at most, in pounds",
        min_value=0,
        max_value=10_000,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Enter whole pounds, such as 60."),
    )
    day = DayField(label="On or after", required=False)

    def __init__(self, data: Any, *, choices: Choices) -> None:
        super().__init__(data)
        for name, rows in (("specialty", choices.specialties), ("location", choices.locations)):
            options = [("", "Any"), *((row.slug, row.name) for row in rows)]
            self.fields[name].choices = options  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            word = (field.label or name).lower()
            field.error_messages["invalid_choice"] = f"We do not know this {word}. Choose one from the list."

    def filters(self) -> DoctorFilters:
        """What was asked for, without what did not make sense (its message stands beside the field)."""
        self.full_clean()
        pounds = self.cleaned_data.get("price")
        return DoctorFilters(**{**self.cleaned_data, "price": None if pounds is None else pounds * 100})

    def narrowing_fields(self) -> list[forms.BoundField]:
        """All but the words, in the order in which they are shown."""
        return [field for field in self if field.name != "q"]

    def has_filter_errors(self) -> bool:
        return any(field.errors for field in self.narrowing_fields())

    def narrowed(self) -> dict[str, str]:
        """What narrows the search beside its words, as people read it."""
        chosen = self.chosen()
        return {field.name: self._in_words(field) for field in self.narrowing_fields() if field.name in chosen}

    def _in_words(self, field: forms.BoundField) -> str:
        value = self.cleaned_data[field.name]
        if field.name == "price":
            return f"At most £{value}" if value else "Free"
        if field.name == "day":
            return f"From {short_date(value)}"
        return str(dict(getattr(field.field, "choices", ())).get(value, value))

    def chosen(self) -> dict[str, Any]:
        """The filters in use, for an address without empty ones."""
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}

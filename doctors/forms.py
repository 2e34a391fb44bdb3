from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Gender
from common import clock
from common.forms import DayField
from common.templatetags.when import long_date
from doctors.languages import LANGUAGES
from doctors.places import Place, place_called
from doctors.selectors import FACETS, Choices, DoctorFilters, Facets
from doctors.selectors.words import town_like
from doctors.states import Modality

_BY_NAME = sorted(LANGUAGES.items(), key=lambda item: item[1])
_GENDERS = [(gender.value, gender.label) for gender in (Gender.FEMALE, Gender.MALE)]
_DISTANCES = [("", f"{DoctorFilters.miles} miles"), *((str(miles), f"{miles} miles") for miles in (5, 10, 50, 100))]
# What says nothing without a place to be near.
OF_NEAR = ("miles", "sort")
# No visit type opens its calendar further ahead.
BOOKED_AHEAD = timedelta(days=366)


class _WholePounds(forms.IntegerField):
    """As people write them: also £60, or 1,000."""

    def to_python(self, value: Any) -> int | None:
        return super().to_python(re.sub(r"^\s*£|,(?=\d{3}\b)", "", value or ""))


class SearchForm(forms.Form):
    """The filters above the results; a GET form, so that an address can be shared."""

    q = forms.CharField(
        label="Name, specialty or condition",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    specialty = forms.ChoiceField(required=False)
    modality = forms.ChoiceField(label="Kind of visit", choices=[("", "Any"), *Modality.choices], required=False)
    day = DayField(label="On or after", required=False)
    price = _WholePounds(
        label="Price at most, in pounds",
        min_value=0,
        max_value=10_000,
        required=False,
        # Of what is no number a browser's own field would send nothing, and nobody could say what is wrong with it.
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Enter whole pounds, such as 60."),
    )
    near = forms.CharField(
        label="Near a town or half a postcode",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    miles = forms.ChoiceField(label="Within", choices=_DISTANCES, required=False)
    sort = forms.ChoiceField(
        label="Order", choices=[("", "Soonest first"), ("nearest", "Nearest first")], required=False
    )
    location = forms.ChoiceField(required=False)
    language = forms.ChoiceField(choices=[("", "Any"), *_BY_NAME], required=False)
    gender = forms.ChoiceField(label="Gender of the doctor", choices=[("", "Any"), *_GENDERS], required=False)

    has_counts = False
    # The town that is spelt most like a place which we do not know: the page leads to the search there.
    town_meant = ""

    def __init__(self, data: Any, *, choices: Choices) -> None:
        super().__init__(data)
        self.choices = choices
        for name, rows in (("specialty", choices.specialties), ("location", choices.locations)):
            options = [("", "Any"), *((row.slug, row.name) for row in rows)]
            self.fields[name].choices = options  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            word = "distance" if name == "miles" else (field.label or name).lower()
            field.error_messages["invalid_choice"] = f"We do not know this {word}. Choose one from the list."
            # What is wrong with it comes and goes in a place that stays.
            field.widget.attrs["aria-describedby"] = f"id_{name}_errors"

    def clean_near(self) -> Place | None:
        asked = self.cleaned_data["near"]
        place = place_called(asked, self.choices.locations) if asked else None
        if asked and place is None:
            self.town_meant = town_like(asked)
            way_on = "" if self.town_meant else " Enter a larger town, or half a postcode such as BS1."
            raise ValidationError(f"We do not know this place.{way_on}")
        return place

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day is not None and day > clock.clinic_day(clock.now()) + BOOKED_AHEAD:
            raise ValidationError("Nobody can be booked so far ahead yet. Choose a day within a year from now.")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if (data.get("miles") or data.get("sort")) and not data.get("near") and "near" not in self.errors:
            self.add_error("near", "Enter a town or half a postcode, so that we know how far it is.")
        return data

    def filters(self) -> DoctorFilters:
        """What was asked for, without what did not make sense (its message stands beside the field)."""
        self.full_clean()
        asked = dict(self.cleaned_data)
        pounds = asked.pop("price", None)
        is_nearest_first = asked.pop("sort", "") == "nearest"
        miles = int(asked.pop("miles", "") or DoctorFilters.miles)
        return DoctorFilters(
            **asked, price=None if pounds is None else pounds * 100, miles=miles, is_nearest_first=is_nearest_first
        )

    def say_counts(self, facets: Facets) -> None:
        """Beside each value of a list, how many doctors it would leave; nothing where that is not known."""
        self.has_counts = bool(facets)
        for name, counts in facets.items():
            field: Any = self.fields[name]
            # In the widget alone: the field's own choices are the names of what is chosen.
            field.widget.choices = [
                (value, f"{label} ({counts[value]:,})" if value in counts else label) for value, label in field.choices
            ]

    def lists(self) -> list[forms.BoundField]:
        """The filters that offer a list whose counts follow what else is chosen."""
        return [self[name] for name in FACETS]

    def narrowing_fields(self) -> list[forms.BoundField]:
        """All but the words, in the order in which they are shown."""
        return [field for field in self if field.name != "q"]

    def has_filter_errors(self) -> bool:
        return any(field.errors for field in self.narrowing_fields())

    def narrowed(self) -> dict[str, str]:
        """What narrows the search beside its words, as people read it."""
        chosen = self.chosen()
        return {
            field.name: self._in_words(field)
            for field in self.narrowing_fields()
            if field.name in chosen and field.name not in OF_NEAR
        }

    def _in_words(self, field: forms.BoundField) -> str:
        value = self.cleaned_data[field.name]
        if field.name == "near":
            return f"Within {self.cleaned_data.get('miles') or DoctorFilters.miles} miles of {value.name}"
        if field.name == "price":
            return f"At most £{value}" if value else "Free"
        if field.name == "day":
            return f"From {long_date(value)}"
        return str(dict(getattr(field.field, "choices", ())).get(value, value))

    def near_town_meant(self) -> str:
        """The query of the same search near `town_meant`."""
        kept = {name: self.cleaned_data.get(name) for name in OF_NEAR}
        return urlencode(self.chosen() | {"near": self.town_meant} | {name: it for name, it in kept.items() if it})

    def chosen(self) -> dict[str, Any]:
        """The filters in use, for an address without empty ones, nor with more than half of a postcode."""
        chosen = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        if "near" in chosen:
            return {**chosen, "near": chosen["near"].name}
        return {name: value for name, value in chosen.items() if name not in OF_NEAR}

"""The filters that every register of visits has: of booking's appointments, and of what billing took for them."""

from __future__ import annotations

from typing import Any

from django import forms

from common.registers import AS_WIDE_AS_ITS_COLUMN, PeriodForm
from doctors.models import Location


class VisitsForm(PeriodForm):
    """A register's filters, with whose visits and where; `status` is for the form that knows the states."""

    reference = forms.CharField(label="Reference", required=False, max_length=120, help_text="The whole of it.")
    doctor = forms.CharField(label="Doctor", required=False, max_length=120, help_text="Words of the name.")
    location = forms.ModelChoiceField(
        label="Place",
        required=False,
        queryset=Location.objects.order_by("name"),
        empty_label="Any",
        widget=forms.Select(attrs=AS_WIDE_AS_ITS_COLUMN),
    )

    def asked(self) -> dict[str, Any]:
        """As `PeriodForm.asked`, and a place by its key."""
        given = super().asked()
        if place := given.get("location"):
            given["location"] = place.pk
        return given

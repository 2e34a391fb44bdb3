"""Days, times and instants as clients send them: near enough to count with, and never two things at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from rest_framework import serializers

from common.clock import EARLIEST, LATEST

WHOLE_MINUTES = "%H:%M"


class DayField(serializers.DateField):
    """A day near enough to count with."""

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if not EARLIEST <= day <= LATEST:
            raise serializers.ValidationError("Ask for a day that is nearer.")
        return day


class InstantField(serializers.DateTimeField):
    """An instant with its zone: without one it could be two."""

    def enforce_timezone(self, value: Any) -> Any:
        if value.tzinfo is None:
            raise serializers.ValidationError("Say the zone, such as Z for UTC.")
        if not EARLIEST <= value.date() <= LATEST:
            raise serializers.ValidationError("Ask for a time that is nearer.")
        return super().enforce_timezone(value)


class ClockField(serializers.TimeField):
    """Whole minutes, by the clock of a place."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format=WHOLE_MINUTES, input_formats=[WHOLE_MINUTES], **kwargs)

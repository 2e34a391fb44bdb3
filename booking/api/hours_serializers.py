"""A doctor's hours as JSON: wall-clock times of the place, days and weekdays (Monday is 0), instants where said."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from booking.api.serializers import AppointmentSerializer
from booking.models import AvailabilityException, AvailabilityRule
from booking.selectors import version_of
from booking.validators import LIMITS, MINUTES_LATE, NOTE_LENGTH, limit_refused
from common.drf.fields import ClockField, DayField, InstantField
from doctors.models import Location

MOST_AT_ONCE = 500


class RuleSerializer(serializers.ModelSerializer[AvailabilityRule]):
    """A weekly window; without `visit_types` it is for all. Its version goes with it as an ETag."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    location: serializers.SlugRelatedField[Location] = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    start_time = ClockField(read_only=True)
    end_time = ClockField(read_only=True)
    visit_types = serializers.SerializerMethodField()
    version = serializers.SerializerMethodField()

    class Meta:
        model = AvailabilityRule
        fields = [
            "id",
            "location",
            "weekday",
            "start_time",
            "end_time",
            "valid_from",
            "valid_until",
            "visit_types",
            "version",
        ]
        read_only_fields = fields

    def get_visit_types(self, rule: AvailabilityRule) -> list[UUID]:
        known = self.context["visit_types"]
        return [known[key] for key in rule.visit_type_ids if key in known]

    def get_version(self, rule: AvailabilityRule) -> int:
        return version_of(rule)


class ExceptionSerializer(serializers.ModelSerializer[AvailabilityException]):
    """Time off, or extra hours at a `location`: instants in UTC."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    location = serializers.CharField(source="location.slug", default=None, allow_null=True, read_only=True)

    class Meta:
        model = AvailabilityException
        fields = ["id", "location", "start", "end", "note"]
        read_only_fields = fields


class LimitsSerializer(serializers.Serializer[Any]):
    """Beside what the visit types say: the stricter holds. Minutes, and days for the horizon; null is no limit."""

    daily_cap = serializers.IntegerField(allow_null=True)
    horizon_days = serializers.IntegerField(allow_null=True)
    minimum_notice = serializers.IntegerField(allow_null=True)
    buffer_before = serializers.IntegerField(allow_null=True)
    buffer_after = serializers.IntegerField(allow_null=True)


class CancellingSerializer(serializers.Serializer[Any]):
    """How far the cancelling of many appointments is; `left` are those that were not cancelled, and why."""

    id = serializers.UUIDField()
    total = serializers.IntegerField()
    waiting = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    left = serializers.SerializerMethodField()

    @extend_schema_field({"type": "array", "items": {"type": "object", "additionalProperties": {"type": "string"}}})
    def get_left(self, progress: dict[str, Any]) -> list[dict[str, str]]:
        return [
            {"appointment": str(visit.appointment.public_id), "state": visit.state, "told": visit.get_state_display()}
            for visit in progress["left"]
        ]


class AvailabilitySerializer(serializers.Serializer[Any]):
    """When a doctor works. `outside` are appointments ahead that no hours hold; `version` is of all windows together,
    `limits_seen` of the limits; `cancelling` is what a change has had cancelled."""

    rules = RuleSerializer(many=True)
    leave = ExceptionSerializer(many=True)
    extra = ExceptionSerializer(many=True)
    is_stopped = serializers.BooleanField()
    limits = LimitsSerializer()
    limits_seen = serializers.CharField()
    version = serializers.IntegerField()
    outside = AppointmentSerializer(many=True)
    cancelling = CancellingSerializer(allow_null=True)


class ShownSerializer(serializers.Serializer[Any]):
    """Whom a change may leave outside the hours: it is refused (409, `appointments_affected`, with all of them) until
    they are named here. They stay, or with `cancel` they are cancelled."""

    shown = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=MOST_AT_ONCE, help_text="Appointments."
    )
    cancel = serializers.BooleanField(required=False, default=False)


class RuleAddSerializer(serializers.Serializer[Any]):
    location = serializers.SlugField()
    weekday = serializers.IntegerField(min_value=0, max_value=6)
    start_time = ClockField()
    end_time = ClockField()
    valid_from = DayField(required=False, default=None, allow_null=True)
    valid_until = DayField(required=False, default=None, allow_null=True)
    visit_types = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=MOST_AT_ONCE
    )


class RuleChangeSerializer(RuleAddSerializer, ShownSerializer):
    pass


class _SeveralSerializer(ShownSerializer):
    rules = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=MOST_AT_ONCE)
    version = serializers.IntegerField(help_text="Of all windows together, as read.")


class RulesChangeSerializer(_SeveralSerializer):
    """What is null stays."""

    location = serializers.SlugField(required=False, default=None, allow_null=True)
    start_time = ClockField(required=False, default=None, allow_null=True)
    end_time = ClockField(required=False, default=None, allow_null=True)
    valid_until = DayField(required=False, default=None, allow_null=True)


class RulesRemoveSerializer(_SeveralSerializer):
    pass


class CopySerializer(ShownSerializer):
    weekday = serializers.IntegerField(min_value=0, max_value=6)
    to = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), allow_empty=False, max_length=7
    )
    replace = serializers.BooleanField(required=False, default=False)


class LeaveAddSerializer(ShownSerializer):
    start = InstantField()
    end = InstantField()
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=NOTE_LENGTH)


class ExtraAddSerializer(serializers.Serializer[Any]):
    location = serializers.SlugField()
    start = InstantField()
    end = InstantField()


def _limit(name: str) -> serializers.IntegerField:
    least, most = LIMITS[name]
    told: dict[str, Any] = dict.fromkeys(("min_value", "max_value"), limit_refused(name))
    return serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=least, max_value=most, error_messages=told
    )


class LimitsChangeSerializer(serializers.Serializer[Any]):
    seen = serializers.CharField(help_text="`limits_seen`, as read.")
    daily_cap = _limit("daily_cap")
    horizon_days = _limit("horizon_days")
    minimum_notice = _limit("minimum_notice")
    buffer_before = _limit("buffer_before")
    buffer_after = _limit("buffer_after")


class CancelThoseSerializer(serializers.Serializer[Any]):
    """Nobody is cancelled unseen: it is refused (409, `appointments_affected`) where there are others by now."""

    appointments = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_AT_ONCE)


class LateSerializer(CancelThoseSerializer):
    minutes = serializers.ChoiceField(choices=MINUTES_LATE)


class ToldSerializer(serializers.Serializer[Any]):
    told = serializers.IntegerField(help_text="So many patients.")

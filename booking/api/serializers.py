"""Appointments, and what is asked for, as JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.access_needs import INTERPRETER_LENGTH, OTHER_LENGTH, needs_told
from accounts.models import ConsentQuestion, Patient
from booking.models import Appointment
from booking.policies import can_read_needs
from booking.validators import REASON_LENGTH
from common.drf.fields import InstantField
from doctors.models import Doctor, Location, VisitType


class WhoSerializer(serializers.Serializer[Patient]):
    """Whose visit it is."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()


class AppointmentSerializer(serializers.ModelSerializer[Appointment]):
    """Times are UTC instants, the price minor units of `currency`. Why somebody comes is not told here."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    doctor: serializers.SlugRelatedField[Doctor] = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    location: serializers.SlugRelatedField[Location] = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    visit_type: serializers.SlugRelatedField[VisitType] = serializers.SlugRelatedField(
        slug_field="public_id", read_only=True
    )
    zone = serializers.CharField(source="location.zone", read_only=True)
    patient = WhoSerializer(read_only=True)

    class Meta:
        model = Appointment
        fields = [
            "id",
            "reference",
            "status",
            "pending_reason",
            "cancel_reason",
            "patient",
            "doctor",
            "visit_type",
            "location",
            "zone",
            "modality",
            "start",
            "end",
            "price_minor",
            "amount_due_minor",
            "currency",
            "expires_at",
            "created_at",
            "cancelled_at",
        ]
        read_only_fields = fields


class AccessNeedsSerializer(serializers.Serializer[Any]):
    """What the patient needs in order to come; the doctor and the desk of the place read it."""

    step_free = serializers.BooleanField(default=False)
    hearing_loop = serializers.BooleanField(default=False)
    interpreter = serializers.CharField(
        default="", allow_blank=True, max_length=INTERPRETER_LENGTH, help_text="The language."
    )
    other = serializers.CharField(default="", allow_blank=True, max_length=OTHER_LENGTH)


class AppointmentWithNeedsSerializer(AppointmentSerializer):
    """One appointment by itself, also with what the patient needs in order to come: null for whoever may not know."""

    access_needs = serializers.SerializerMethodField()

    class Meta(AppointmentSerializer.Meta):
        fields = [*AppointmentSerializer.Meta.fields, "access_needs"]
        read_only_fields = fields

    @extend_schema_field(AccessNeedsSerializer(allow_null=True))
    def get_access_needs(self, appointment: Appointment) -> dict[str, Any] | None:
        if not can_read_needs(self.context["request"].user, appointment):
            return None
        return dict(AccessNeedsSerializer(needs_told(appointment)).data)


class AgreementSerializer(serializers.Serializer[Any]):
    """One of the clinic's questions, agreed to in the words of a version."""

    code = serializers.SlugField()
    version = serializers.IntegerField(min_value=1)


class ConsentSerializer(serializers.ModelSerializer[ConsentQuestion]):
    """Something to agree to: a booking sends `code` and `version` of what was read and ticked."""

    class Meta:
        model = ConsentQuestion
        fields = ["code", "version", "statement", "more", "is_required"]
        read_only_fields = fields


class BookingSerializer(serializers.Serializer[Any]):
    visit_type = serializers.UUIDField()
    location = serializers.SlugField(help_text="As the slot names it.")
    start = InstantField(help_text="One of the starts that the doctor's slots name.")
    reason = serializers.CharField(required=False, allow_blank=True, max_length=REASON_LENGTH, default="")
    patient = serializers.UUIDField(
        required=False, default=None, help_text="Somebody whom the caller helps; without it the caller."
    )
    access_needs = AccessNeedsSerializer(
        required=False, default=None, help_text="Kept for the next time too; without it what is known already."
    )
    agreed = AgreementSerializer(many=True, required=False, default=list, help_text="Of what `consents` names.")


class MovingSerializer(serializers.Serializer[Any]):
    start = InstantField(help_text="One of the starts that the doctor's slots name for the same kind of visit.")
    location = serializers.SlugField(
        required=False, default=None, help_text="As the slot names it; without it the place stays."
    )

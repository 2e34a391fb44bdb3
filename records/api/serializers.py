"""What lists of a record tell of each thing in it. No text of a note stands in a list."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.fields import opened
from doctors.models import Doctor
from records.models import Allergy, Document, Prescription, RecordShare, VisitNote
from records.services.allergies import REACTION_LENGTH, SUBSTANCE_LENGTH
from records.states import PrescriptionStatus, ShareKind

LARGEST_VERSION = 2**31 - 1


class PersonSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()


class NoteRowSerializer(serializers.ModelSerializer[VisitNote]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    appointment = serializers.UUIDField(source="appointment.public_id", read_only=True)
    patient = PersonSerializer(read_only=True)
    doctor: serializers.SlugRelatedField[Doctor] = serializers.SlugRelatedField(slug_field="slug", read_only=True)

    class Meta:
        model = VisitNote
        fields = ["id", "appointment", "patient", "doctor", "status", "signed_at", "released_at", "version_count"]
        read_only_fields = fields


class DocumentRowSerializer(serializers.ModelSerializer[Document]):
    """`state` is what the virus check says: the file is there once it is `current`."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    patient = PersonSerializer(read_only=True)
    appointment = serializers.UUIDField(source="appointment.public_id", default=None, allow_null=True, read_only=True)
    doctor = serializers.CharField(source="doctor.slug", default=None, allow_null=True, read_only=True)

    class Meta:
        model = Document
        fields = [
            "id",
            "patient",
            "appointment",
            "doctor",
            "category",
            "title",
            "status",
            "state",
            "media_type",
            "size",
            "uploaded_at",
        ]
        read_only_fields = fields


class PrescriptionRowSerializer(serializers.ModelSerializer[Prescription]):
    """`status` is what it is now: `expired` once its last day is over."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    patient = PersonSerializer(read_only=True)
    doctor: serializers.SlugRelatedField[Doctor] = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    appointment = serializers.UUIDField(source="appointment.public_id", default=None, allow_null=True, read_only=True)
    status = serializers.ChoiceField(source="status_now", choices=PrescriptionStatus.choices, read_only=True)

    class Meta:
        model = Prescription
        fields = ["id", "patient", "doctor", "appointment", "status", "created_at", "signed_at", "valid_until"]
        read_only_fields = fields


class ItemSerializer(serializers.Serializer[Any]):
    """One medicine. Nothing is required of a draft: what a signature needs is said when it is signed."""

    drug = serializers.CharField(default="", allow_blank=True, max_length=120)
    form = serializers.CharField(default="", allow_blank=True, max_length=60)
    strength = serializers.CharField(default="", allow_blank=True, max_length=60)
    dose = serializers.CharField(default="", allow_blank=True, max_length=120)
    frequency = serializers.CharField(default="", allow_blank=True, max_length=120)
    duration = serializers.CharField(default="", allow_blank=True, max_length=120)
    quantity = serializers.IntegerField(default=0, min_value=0, max_value=LARGEST_VERSION)
    unit = serializers.CharField(default="", allow_blank=True, max_length=60)
    repeats = serializers.IntegerField(default=0, min_value=0, max_value=12)
    instructions = serializers.CharField(default="", allow_blank=True, max_length=300)


class AllergySerializer(serializers.ModelSerializer[Allergy]):
    """Texts are null where they cannot be read any more: it is an allergy all the same."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    substance = serializers.SerializerMethodField()
    reaction = serializers.SerializerMethodField()

    class Meta:
        model = Allergy
        fields = ["id", "substance", "reaction", "recorded_at", "is_by_doctor"]
        read_only_fields = fields

    def get_substance(self, allergy: Allergy) -> str | None:
        return opened(allergy, "substance") or None

    def get_reaction(self, allergy: Allergy) -> str | None:
        return opened(allergy, "reaction")


class AllergyAddSerializer(serializers.Serializer[Any]):
    substance = serializers.CharField(max_length=SUBSTANCE_LENGTH)
    reaction = serializers.CharField(required=False, default="", allow_blank=True, max_length=REACTION_LENGTH)


class RecordShareSerializer(serializers.ModelSerializer[RecordShare]):
    """That a record, or one thing in it (`kind`, `object`), is shared with a doctor."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    patient = PersonSerializer(read_only=True)
    doctor: serializers.SlugRelatedField[Doctor] = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    kind = serializers.ChoiceField(choices=ShareKind.choices, read_only=True)
    object = serializers.SerializerMethodField()

    class Meta:
        model = RecordShare
        fields = ["id", "patient", "doctor", "kind", "object", "shared_at", "expires_at"]
        read_only_fields = fields

    def get_object(self, share: RecordShare) -> str | None:
        """Null for the whole record."""
        return None if share.kind == ShareKind.RECORD else str(share.object_id)


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)

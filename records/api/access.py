"""A record at a glance, who may see it, sharing it, opening it in an emergency, and all of it as a file."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint, PatientEndpoint
from accounts.models import Patient
from accounts.policies import assert_proved_recently
from accounts.selectors import carers_reading, caring_as
from accounts.states import READING, Area
from common import clock
from common.drf.fields import DayField
from common.drf.files import LOCATION, FileAnswer, kept_file
from common.forms import EMAIL_LENGTH
from common.uploads.serving import file_response
from doctors.endpoints import PracticeEndpoint
from records import selectors, services
from records.api.serializers import (
    AllergySerializer,
    DocumentRowSerializer,
    ItemSerializer,
    NoteRowSerializer,
    PersonSerializer,
    PrescriptionRowSerializer,
    RecordShareSerializer,
)
from records.models import BreakGlass, RecordExport
from records.policies import assert_may_break_glass
from records.services.access.emergency import GLASS_REASON_LENGTH
from records.services.access.share import SHARE_REASON_LENGTH
from records.shareable import shareable_to
from records.states import ShareKind

# Of each kind.
SHOWN = 50
WORDS_LENGTH = 100
NEWS_SHOWN = 20


class MedicineSerializer(serializers.Serializer[Any]):
    """What a prescription says that is valid, on hold or was dispensed lately."""

    prescription = serializers.UUIDField(source="prescription.public_id")
    items = ItemSerializer(many=True)


class OverviewSerializer(serializers.Serializer[Any]):
    """As far as the caller may read it; the latest ten of each."""

    patient = PersonSerializer()
    allergies = AllergySerializer(many=True)
    medicines = MedicineSerializer(many=True)
    notes = NoteRowSerializer(many=True)
    documents = DocumentRowSerializer(many=True)
    prescriptions = PrescriptionRowSerializer(many=True)


class NewsSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["note", "document", "prescription"])
    at = serializers.DateTimeField()
    thing = serializers.UUIDField(source="thing.public_id")


class NewsReadSerializer(serializers.Serializer[Any]):
    things = serializers.ListField(child=serializers.UUIDField(), max_length=SHOWN)


class CaredRecordSerializer(serializers.Serializer[Any]):
    patient = PersonSerializer()
    notes = NoteRowSerializer(many=True)
    documents = DocumentRowSerializer(many=True)
    prescriptions = PrescriptionRowSerializer(many=True)


class TreatingSerializer(serializers.Serializer[Any]):
    """A doctor who reads the record for the sake of a visit."""

    doctor = serializers.CharField(source="doctor.slug")
    appointment = serializers.UUIDField(source="visit.public_id")
    until = serializers.DateTimeField()


class ReadingCarerSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    email = serializers.EmailField()
    expires_at = serializers.DateTimeField(allow_null=True)


class GlassSerializer(serializers.ModelSerializer[BreakGlass]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    patient = PersonSerializer(read_only=True)
    opener = serializers.CharField(read_only=True)

    class Meta:
        model = BreakGlass
        fields = ["id", "patient", "opener", "opened_at", "expires_at"]
        read_only_fields = fields


class WhoSeesSerializer(serializers.Serializer[Any]):
    treating = TreatingSerializer(many=True)
    shares = RecordShareSerializer(many=True)
    carers = ReadingCarerSerializer(many=True)
    emergencies = GlassSerializer(many=True)


class OpenToMeSerializer(serializers.Serializer[Any]):
    """`given` is what the caller shares of other people's records."""

    shares = RecordShareSerializer(many=True)
    given = RecordShareSerializer(many=True)


class RecordSharingSerializer(serializers.Serializer[Any]):
    doctor = serializers.UUIDField(help_text="The `id` of a doctor in the list of doctors.")
    until = DayField(required=False, default=None, allow_null=True)
    reason = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=SHARE_REASON_LENGTH,
        help_text="Needed of a doctor who shares; the patient reads it.",
    )


class BreakGlassSerializer(serializers.Serializer[Any]):
    """Whose record: it must be known exactly. A reviewer reads why."""

    who = serializers.CharField(max_length=EMAIL_LENGTH, help_text="An appointment's reference, or an email address.")
    birth_date = serializers.DateField()
    reason = serializers.CharField(max_length=GLASS_REASON_LENGTH)


class WordsSerializer(serializers.Serializer[Any]):
    words = serializers.CharField(max_length=WORDS_LENGTH)


class FoundSerializer(serializers.Serializer[Any]):
    note = NoteRowSerializer()
    excerpt = serializers.CharField()


class NoteSearchSerializer(serializers.Serializer[Any]):
    """`passed_over` are notes that are not as they were signed, so that nobody could search them."""

    found = FoundSerializer(many=True)
    passed_over = NoteRowSerializer(many=True)
    has_older = serializers.BooleanField()


class ExportSerializer(serializers.ModelSerializer[RecordExport]):
    """`done` of its `parts` are put together."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    parts = serializers.SerializerMethodField()

    class Meta:
        model = RecordExport
        fields = ["id", "state", "asked_at", "done", "parts", "size", "ready_at", "expires_at"]
        read_only_fields = fields

    def get_parts(self, export: RecordExport) -> int:
        return len(services.EXPORT_PARTS)


class LatestExportSerializer(serializers.Serializer[Any]):
    export = ExportSerializer(allow_null=True)


class OwnRecord(PatientEndpoint):
    area = Area.RECORDS

    @extend_schema(responses=OverviewSerializer)
    def get(self, request: Request) -> Response:
        """One's own record at a glance."""
        return _overview(self, self.patient)


class OwnNews(PatientEndpoint):
    area = Area.RECORDS

    @extend_schema(operation_id="record_news_list", responses=NewsSerializer(many=True))
    def get(self, request: Request) -> Response:
        """What has come into the caller's record since they last looked, the latest first."""
        return Response(NewsSerializer(selectors.news_of(self.caller, limit=NEWS_SHOWN), many=True).data)

    @extend_schema(operation_id="record_news_read", request=NewsReadSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """These count as read."""
        things = self.sent(NewsReadSerializer)["things"]
        services.news_mark_read(actor=self.caller, thing_ids=things, now=clock.now())
        return Response(status=HTTPStatus.NO_CONTENT)


class PatientRecord(Endpoint):
    area = Area.RECORDS

    @extend_schema(responses=OverviewSerializer)
    def get(self, request: Request, patient_id: UUID) -> Response:
        """A record that is open to the caller at the moment, at a glance; each look is in the audit log."""
        patient = selectors.patient_open_to(self.caller, patient_id)
        services.record_viewed(actor=self.caller, patient=patient)
        return _overview(self, patient)


def _overview(viewer: Endpoint, patient: Patient) -> Response:
    overview = selectors.overview_of(viewer.caller, patient, now=clock.now())
    names = ("allergies", "medicines", "notes", "documents", "prescriptions")
    shown = {"patient": patient, **{name: getattr(overview, name) for name in names}}
    return Response(OverviewSerializer(shown).data)


class CaredRecord(Endpoint):
    area = Area.RECORDS

    @extend_schema(responses=CaredRecordSerializer)
    def get(self, request: Request, patient_id: UUID) -> Response:
        """What somebody lets the caller read of their record as a carer."""
        patient = caring_as(self.caller, patient_id, READING).patient
        services.record_viewed(actor=self.caller, patient=patient, as_carer=True)
        shown = {
            "patient": patient,
            "notes": selectors.notes_as_carer(self.caller, patient, limit=SHOWN),
            "documents": selectors.documents_as_carer(self.caller, patient, limit=SHOWN),
            "prescriptions": selectors.prescriptions_as_carer(self.caller, patient, limit=SHOWN),
        }
        return Response(CaredRecordSerializer(shown).data)


class WhoSees(PatientEndpoint):
    area = Area.RECORDS

    @extend_schema(responses=WhoSeesSerializer)
    def get(self, request: Request) -> Response:
        """Who can see the caller's record, and why."""
        now = clock.now()
        shown = {
            "treating": selectors.treating_doctors_of(self.patient, now=now),
            "shares": selectors.shares_of(self.patient, now=now),
            "carers": carers_reading(self.patient, now=now),
            "emergencies": selectors.glasses_open_on(self.patient),
        }
        return Response(WhoSeesSerializer(shown).data)


class OpenToMe(PracticeEndpoint):
    area = Area.RECORDS

    @extend_schema(responses=OpenToMeSerializer)
    def get(self, request: Request) -> Response:
        """What is shared with the caller, and what the caller shares."""
        now = clock.now()
        shown = {
            "shares": selectors.shares_with(self.caller, now=now),
            "given": selectors.shares_given_by(self.caller, now=now),
        }
        return Response(OpenToMeSerializer(shown).data)


class RecordShareAdd(PatientEndpoint):
    area = Area.RECORDS

    @extend_schema(request=RecordSharingSerializer, responses={201: RecordShareSerializer})
    def post(self, request: Request) -> Response:
        """Share one's whole record with a doctor for a time. Only shortly after the caller has proved who they are."""
        assert_proved_recently(request)
        return _share(self, kind=ShareKind.RECORD, object_id=None)


class PartShareAdd(Endpoint):
    area = Area.RECORDS

    @extend_schema(
        operation_id="record_part_share", request=RecordSharingSerializer, responses={201: RecordShareSerializer}
    )
    def post(self, request: Request, kind: str, object_id: UUID) -> Response:
        """Share one thing of a record: its patient, or whoever wrote it. Only shortly after a proof, as above."""
        shareable_to(self.caller, kind, object_id)
        assert_proved_recently(request)
        return _share(self, kind=kind, object_id=object_id)


def _share(viewer: Endpoint, *, kind: str, object_id: UUID | None) -> Response:
    asked = viewer.sent(RecordSharingSerializer)
    share = services.record_share(
        actor=viewer.caller,
        kind=kind,
        object_id=object_id,
        doctor_id=asked["doctor"],
        until=asked["until"],
        reason=asked["reason"],
    )
    return Response(RecordShareSerializer(share).data, status=HTTPStatus.CREATED)


class ShareEnd(Endpoint):
    area = Area.RECORDS

    @extend_schema(request=None, responses=RecordShareSerializer)
    def post(self, request: Request, share_id: UUID) -> Response:
        """End a share at once."""
        return Response(RecordShareSerializer(services.record_unshare(actor=self.caller, share_id=share_id)).data)


class EmergencyAccess(Endpoint):
    area = Area.RECORDS

    @extend_schema(operation_id="emergency_access_list", responses=GlassSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The records that the caller has open in an emergency."""
        assert_may_break_glass(self.caller)
        return Response(GlassSerializer(selectors.glasses_open_of(self.caller), many=True).data)

    @extend_schema(operation_id="emergency_access_open", request=BreakGlassSerializer, responses={201: GlassSerializer})
    def post(self, request: Request) -> Response:
        """Open one record for an hour; the patient is told, and it is reviewed. Only shortly after a proof."""
        assert_may_break_glass(self.caller)
        assert_proved_recently(request)
        glass = services.glass_break(actor=self.caller, **self.sent(BreakGlassSerializer))
        return Response(GlassSerializer(glass).data, status=HTTPStatus.CREATED)


class EmergencyEnd(Endpoint):
    area = Area.RECORDS

    @extend_schema(request=None, responses=GlassSerializer)
    def post(self, request: Request, glass_id: UUID) -> Response:
        """Close it again before its hour is over."""
        return Response(GlassSerializer(services.glass_end(actor=self.caller, glass_id=glass_id)).data)


class NoteSearch(Endpoint):
    area = Area.RECORDS

    @extend_schema(request=WordsSerializer, responses=NoteSearchSerializer)
    def post(self, request: Request, patient_id: UUID) -> Response:
        """Search the notes of a patient whose record is open to the caller; words come in the body, and in no log."""
        patient = selectors.patient_open_to(self.caller, patient_id)
        words = self.sent(WordsSerializer)["words"]
        services.notes_searched(actor=self.caller, patient=patient)
        return Response(NoteSearchSerializer(selectors.notes_saying(self.caller, patient, words)).data)


class OwnExport(PatientEndpoint):
    area = Area.RECORDS

    @extend_schema(responses=LatestExportSerializer)
    def get(self, request: Request) -> Response:
        """How far the last export is that the caller asked for."""
        return Response(LatestExportSerializer({"export": selectors.latest_export_of(self.patient)}).data)

    @extend_schema(request=None, responses={202: LatestExportSerializer})
    def post(self, request: Request) -> Response:
        """Ask for everything about oneself as a file. Only shortly after the caller has proved who they are."""
        assert_proved_recently(request)
        export = services.export_ask(actor=self.caller)
        return Response(LatestExportSerializer({"export": export}).data, status=HTTPStatus.ACCEPTED)


class ExportFile(FileAnswer, PatientEndpoint):
    area = Area.RECORDS

    @extend_schema(parameters=[LOCATION], responses=kept_file("application/zip"))
    def get(self, request: Request, export_id: UUID) -> HttpResponseBase:
        """The file, while it is kept. Only shortly after the caller has proved who they are."""
        assert_proved_recently(request)
        found = services.export_open(actor=self.caller, export_id=export_id)
        return file_response(key=found.key, name="health-record.zip", media_type="application/zip", request=request)

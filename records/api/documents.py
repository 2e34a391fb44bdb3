"""Documents: files that patients and their doctors add to a record, and fetch."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint, PatientEndpoint
from accounts.models import Patient
from accounts.states import Area
from common import clock
from common.drf.files import LOCATION, SENT_IN, FileAnswer
from common.drf.paging import KeysetView, Place
from common.drf.repeating import HEADER
from common.keyset import KeyPage
from common.uploads.serving import upload_response
from doctors.endpoints import PracticeEndpoint
from records import selectors, services
from records.api.serializers import DocumentRowSerializer, ReasonSerializer
from records.models import Document
from records.models.documents import TITLE_LENGTH
from records.policies import assert_may_add_to, assert_may_correct, may_open
from records.reading import document_read
from records.services import Filing
from records.states import Category


class DocumentFilters(serializers.Serializer[Any]):
    category = serializers.ChoiceField(choices=Category.choices, required=False, default="")


class DocumentSerializer(DocumentRowSerializer):
    """`can_open` says whether the caller may fetch its file; `versions` are the others that they may see."""

    can_open = serializers.BooleanField()
    is_adder = serializers.BooleanField()
    versions = DocumentRowSerializer(many=True)

    class Meta(DocumentRowSerializer.Meta):
        fields = [*DocumentRowSerializer.Meta.fields, "can_open", "is_adder", "versions"]


class FilingSerializer(serializers.Serializer[Any]):
    """A file, and under what it is kept. Without a title the file's name stands."""

    file = serializers.FileField(help_text="A PDF, JPEG or PNG of at most 20 MB; it is checked for viruses first.")
    category = serializers.ChoiceField(choices=Category.choices)
    title = serializers.CharField(required=False, default="", allow_blank=True, max_length=TITLE_LENGTH)
    visit = serializers.UUIDField(required=False, default=None, help_text="An appointment that it belongs to.")


class NewVersionSerializer(serializers.Serializer[Any]):
    file = serializers.FileField()


class DocumentMistakeSerializer(ReasonSerializer):
    visit = serializers.UUIDField(
        required=False,
        default=None,
        allow_null=True,
        help_text="For a doctor who filed it at the wrong patient: their visit with the right one, where it is moved.",
    )


class _Documents(Endpoint):
    """The documents of one record. Only a POST sends a file."""

    area = Area.RECORDS
    is_keyed = True
    parser_classes = [MultiPartParser]

    def add(self, request: Request, patient: Patient) -> Response:
        asked = self.sent(FilingSerializer)
        filing = Filing(category=asked["category"], title=asked["title"], appointment_id=asked["visit"])
        document = services.document_add(
            actor=self.caller,
            patient_id=patient.public_id,
            file=asked["file"],
            filing=filing,
            key=request.headers.get(HEADER),
        )
        return Response(DocumentRowSerializer(document).data, status=HTTPStatus.CREATED)


class DocumentList(KeysetView, _Documents, PatientEndpoint):
    """The caller's own documents that are checked, the latest first."""

    serializer_class = DocumentRowSerializer
    filters_class = DocumentFilters

    def page(self, asked: dict[str, Any], place: Place) -> KeyPage[Document]:
        return selectors.documents_of(self.caller, self.patient, category=asked["category"], **place)

    @extend_schema(
        request={"multipart/form-data": FilingSerializer},
        responses={201: DocumentRowSerializer},
    )
    def post(self, request: Request) -> Response:
        """Add a file to one's own record; it is there once its virus check is over."""
        return self.add(request, self.patient)


class PatientDocumentList(KeysetView, _Documents):
    """A patient's documents, for whoever the record is open to, the latest first."""

    serializer_class = DocumentRowSerializer
    filters_class = DocumentFilters

    def page(self, asked: dict[str, Any], place: Place) -> KeyPage[Document]:
        patient = selectors.patient_for(self.caller, self.kwargs["patient_id"])
        services.documents_listed(actor=self.caller, patient=patient)
        return selectors.documents_of(self.caller, patient, category=asked["category"], **place)

    @extend_schema(
        request={"multipart/form-data": FilingSerializer},
        responses={201: DocumentRowSerializer},
    )
    def post(self, request: Request, patient_id: UUID) -> Response:
        """Add a file to the record of a patient whom the caller sees as a doctor."""
        patient = selectors.patient_for(self.caller, patient_id)
        assert_may_add_to(self.caller, patient)
        return self.add(request, patient)


class DocumentsSent(PatientEndpoint):
    area = Area.RECORDS

    @extend_schema(operation_id="documents_sent_list", responses=DocumentRowSerializer(many=True))
    def get(self, request: Request) -> Response:
        """What the caller sent lately, also what waits for its check or was refused."""
        rows = selectors.documents_sent(self.caller, self.patient, now=clock.now())
        return Response(DocumentRowSerializer(rows, many=True).data)


class PatientDocumentsSent(PracticeEndpoint):
    area = Area.RECORDS

    @extend_schema(operation_id="patient_documents_sent_list", responses=DocumentRowSerializer(many=True))
    def get(self, request: Request, patient_id: UUID) -> Response:
        """As `documents/sent/`, of the record of a patient whom the caller sees as a doctor."""
        patient = selectors.patient_for(self.caller, patient_id)
        assert_may_add_to(self.caller, patient)
        rows = selectors.documents_sent(self.caller, patient, now=clock.now())
        return Response(DocumentRowSerializer(rows, many=True).data)


class DocumentDetail(Endpoint):
    area = Area.RECORDS

    @extend_schema(responses=DocumentSerializer)
    def get(self, request: Request, document_id: UUID) -> Response:
        """What is known of a document; of a mistake only whoever added it reads more than that it is one."""
        found = selectors.document_for(self.caller, document_id)
        if found.patient.user_id == self.caller.pk:
            services.news_mark_read(actor=self.caller, thing_ids=[document_id], now=clock.now())
        read = document_read(self.caller, found)
        told = DocumentRowSerializer(found).data
        if read.is_hidden:
            told |= {"title": "", "appointment": None}
        more = {"can_open": may_open(self.caller, found), "is_adder": read.is_adder}
        return Response({**told, **more, "versions": DocumentRowSerializer(read.versions, many=True).data})


class DocumentFile(FileAnswer, Endpoint):
    area = Area.RECORDS

    @extend_schema(parameters=[LOCATION], responses=SENT_IN)
    def get(self, request: Request, document_id: UUID) -> HttpResponseBase:
        """The file itself; each time is in the audit log."""
        serve = partial(upload_response, request=request._request)  # noqa: SLF001 - Django's, not DRF's
        return services.document_open(actor=self.caller, document_id=document_id, serve=serve)


class DocumentReplace(Endpoint):
    area = Area.RECORDS
    is_keyed = True
    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": NewVersionSerializer},
        responses={201: DocumentRowSerializer},
    )
    def post(self, request: Request, document_id: UUID) -> Response:
        """Add a newer version, which takes the place of this one once it is checked."""
        assert_may_correct(self.caller, selectors.document_for(self.caller, document_id))
        file = self.sent(NewVersionSerializer)["file"]
        key = request.headers.get(HEADER)
        document = services.document_replace(actor=self.caller, document_id=document_id, file=file, key=key)
        return Response(DocumentRowSerializer(document).data, status=HTTPStatus.CREATED)


class DocumentError(Endpoint):
    area = Area.RECORDS

    @extend_schema(request=DocumentMistakeSerializer, responses=DocumentRowSerializer)
    def post(self, request: Request, document_id: UUID) -> Response:
        """It is a mistake and does not count; with `visit` it is moved to where it belongs."""
        assert_may_correct(self.caller, selectors.document_for(self.caller, document_id))
        asked = self.sent(DocumentMistakeSerializer)
        facts: dict[str, Any] = {"actor": self.caller, "document_id": document_id, "reason": asked["reason"]}
        if asked["visit"]:
            return Response(DocumentRowSerializer(services.document_move(**facts, appointment_id=asked["visit"])).data)
        return Response(DocumentRowSerializer(services.document_error(**facts)).data)

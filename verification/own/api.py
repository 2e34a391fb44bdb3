"""A doctor's own verification as JSON: what is asked, what they have given, and handing it in."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.states import Area
from common.drf.fields import DayField
from common.drf.files import LOCATION, SENT_IN, FileAnswer
from common.drf.repeating import once
from common.errors import NotFound
from common.uploads.serving import upload_response
from verification import services
from verification.models import Evidence
from verification.own import presentation
from verification.own.forms import WORDS_LENGTH, particulars_of
from verification.own.presentation import Row
from verification.selectors import Tasks, evidence_by_id, tasks_of
from verification.states import BY_FILE, ItemKind, ItemStatus, Status


class EvidenceFileSerializer(serializers.ModelSerializer[Evidence]):
    """`state` is what the virus check says."""

    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = Evidence
        fields = ["id", "name", "media_type", "size", "state", "uploaded_at"]
        read_only_fields = fields


class VerificationItemSerializer(serializers.Serializer[Any]):
    """One thing that is asked. `request` is what an officer asks for besides; the doctor may answer while `is_open`."""

    kind = serializers.ChoiceField(choices=ItemKind.choices)
    status = serializers.ChoiceField(choices=ItemStatus.choices, source="item.status")
    told = serializers.CharField(source="line.status")
    is_required = serializers.BooleanField(source="line.is_required")
    is_open = serializers.BooleanField(source="line.is_open")
    request = serializers.CharField(source="line.request")
    missing = serializers.CharField(source="line.missing")
    expires_on = serializers.DateField(source="line.expires_on", allow_null=True)
    answer = serializers.CharField(source="item.answer")
    stated_expires_on = serializers.DateField(source="item.stated_expires_on", allow_null=True)
    files = serializers.SerializerMethodField()

    def get_files(self, row: Row) -> list[dict[str, Any]]:
        return [dict(EvidenceFileSerializer(one.file).data) for one in row.files.rows]


class ParticularsSerializer(serializers.Serializer[Any]):
    """As they stand in the medical register."""

    title = serializers.CharField(required=False, default="", allow_blank=True, max_length=20)
    given_name = serializers.CharField(max_length=80)
    family_name = serializers.CharField(max_length=80)
    gmc_number = serializers.CharField(max_length=20)


class VerificationSerializer(serializers.Serializer[Any]):
    """`hurdles` keep a draft from being submitted; `next_step` says what happens next, `why_hidden` why patients cannot
    find the doctor."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Status.choices)
    particulars = ParticularsSerializer()
    can_change_particulars = serializers.BooleanField()
    can_submit = serializers.BooleanField()
    can_renew = serializers.BooleanField()
    next_step = serializers.CharField()
    why_hidden = serializers.CharField()
    hurdles = serializers.ListField(child=serializers.CharField())
    items = VerificationItemSerializer(many=True)


class AnswerSerializer(serializers.Serializer[Any]):
    answer = serializers.CharField(required=False, default="", allow_blank=True, max_length=WORDS_LENGTH)
    stated_expires_on = DayField(
        required=False, default=None, allow_null=True, help_text="The last day on which it is valid."
    )


class EvidenceSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="A PDF, JPEG or PNG of at most 20 MB; it is checked for viruses first.")


class _Applicant(Endpoint):
    """For whoever has begun a verification; else 404."""

    area = Area.VERIFICATION

    @property
    def own(self) -> Tasks:
        tasks = tasks_of(self.caller)
        if tasks is None:
            raise NotFound("You have not begun a verification.")
        return tasks

    def assert_has_begun(self) -> None:
        _ = self.own

    def row(self, kind: str) -> Row:
        row = presentation.row_of(self.own, ItemKind(kind)) if kind in ItemKind.values else None
        if row is None:
            raise NotFound
        return row

    def answer(self, status: int = HTTPStatus.OK) -> Response:
        own = self.own
        names = ("can_change_particulars", "can_submit", "can_renew", "next_step", "why_hidden")
        shown = {
            "id": own.case.public_id,
            "status": own.case.status,
            "particulars": particulars_of(own.doctor),
            **{name: getattr(own, name) for name in names},
            "hurdles": [hurdle.words for hurdle in presentation.hurdles_of(own, self.caller)],
            "items": presentation.rows_of(own),
        }
        return Response(VerificationSerializer(shown).data, status=status)


class VerificationDetail(_Applicant):
    @extend_schema(responses=VerificationSerializer)
    def get(self, request: Request) -> Response:
        """Everything that is asked of the caller as a doctor, and where each part stands."""
        return self.answer()

    @extend_schema(request=ParticularsSerializer, responses={201: VerificationSerializer})
    def post(self, request: Request) -> Response:
        """Begin one's verification as a doctor; whoever has begun is answered with what there is."""
        services.doctor_apply(actor=self.caller, **self.sent(ParticularsSerializer))
        return self.answer(HTTPStatus.CREATED)


class ParticularsChange(_Applicant):
    @extend_schema(request=ParticularsSerializer, responses=VerificationSerializer)
    def post(self, request: Request) -> Response:
        """Correct one's name and GMC number, while they are not being checked."""
        case_id = self.own.case.public_id
        services.particulars_change(actor=self.caller, case_id=case_id, **self.sent(ParticularsSerializer))
        return self.answer()


class VerificationSubmit(_Applicant):
    @extend_schema(request=None, responses=VerificationSerializer)
    def post(self, request: Request) -> Response:
        """Hand it in."""
        services.case_submit(actor=self.caller, case_id=self.own.case.public_id)
        return self.answer()


class VerificationRenew(_Applicant):
    @extend_schema(request=None, responses=VerificationSerializer)
    def post(self, request: Request) -> Response:
        """Begin again after a refusal, or when a credential has run out, with what was kept."""
        services.case_renew(actor=self.caller, case_id=self.own.case.public_id)
        return self.answer()


class ItemAnswer(_Applicant):
    @extend_schema(operation_id="verification_item", responses=VerificationItemSerializer)
    def get(self, request: Request, kind: str) -> Response:
        """One thing that is asked."""
        return Response(VerificationItemSerializer(self.row(kind)).data)

    @extend_schema(
        operation_id="verification_item_answer", request=AnswerSerializer, responses=VerificationItemSerializer
    )
    def post(self, request: Request, kind: str) -> Response:
        """Say one's part of it in words, and its last day."""
        item = self.row(kind).item
        services.item_answer(actor=self.caller, item_id=item.public_id, **self.sent(AnswerSerializer))
        return Response(VerificationItemSerializer(self.row(kind)).data)


class EvidenceAdd(_Applicant):
    is_keyed = True
    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": EvidenceSerializer},
        responses={201: EvidenceFileSerializer},
    )
    def post(self, request: Request, kind: str) -> Response:
        """Give one file as proof; it is checked for viruses first."""
        row = self.row(kind)
        if row.kind not in BY_FILE:
            raise NotFound
        file, item_id = self.sent(EvidenceSerializer)["file"], row.item.public_id
        add = partial(services.evidence_add, actor=self.caller, item_id=item_id, file=file)
        asked = {"item": item_id, "name": file.name, "size": file.size}
        outcome = once(request, do="evidence_add", asked=asked, run=add)
        kept = evidence_by_id(outcome.public_id, or_withdrawn=True)
        return Response(EvidenceFileSerializer(kept).data, status=outcome.status)


class EvidenceFile(FileAnswer, _Applicant):
    @extend_schema(parameters=[LOCATION], responses=SENT_IN)
    def get(self, request: Request, evidence_id: UUID) -> HttpResponseBase:
        """A file of one's own; each look is in the audit log."""
        self.assert_has_begun()
        serve = partial(upload_response, request=request)
        return services.evidence_open(actor=self.caller, evidence_id=evidence_id, serve=serve)


class EvidenceWithdraw(_Applicant):
    @extend_schema(request=None, responses=EvidenceFileSerializer)
    def post(self, request: Request, evidence_id: UUID) -> Response:
        """Take a file of one's own back: it proves nothing any more."""
        self.assert_has_begun()
        taken = services.evidence_withdraw(actor=self.caller, evidence_id=evidence_id)
        return Response(EvidenceFileSerializer(taken).data)


urlpatterns = [
    path("verification/", VerificationDetail.as_view(), name="api_verification"),
    path("verification/particulars/", ParticularsChange.as_view(), name="api_particulars"),
    path("verification/submit/", VerificationSubmit.as_view(), name="api_verification_submit"),
    path("verification/renew/", VerificationRenew.as_view(), name="api_verification_renew"),
    path("verification/items/<slug:kind>/", ItemAnswer.as_view(), name="api_verification_item"),
    path("verification/items/<slug:kind>/files/", EvidenceAdd.as_view(), name="api_evidence_add"),
    path("verification/files/<uuid:evidence_id>/", EvidenceFile.as_view(), name="api_evidence"),
    path("verification/files/<uuid:evidence_id>/take-back/", EvidenceWithdraw.as_view(), name="api_evidence_withdraw"),
]

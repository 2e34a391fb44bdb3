"""Visit notes: read by patients and doctors, written, signed, amended and taken back by their doctors."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint, PatientEndpoint
from accounts.policies import assert_proved_recently
from accounts.states import Area
from booking.policies import acts_as_doctor
from booking.selectors import appointment_for
from common import clock
from common.drf.fields import DayField
from common.drf.paging import KeysetView, Place
from common.drf.versions import ETAG, REREAD, stale_is_412, tagged, version_asked
from common.errors import Forbidden, Invalid
from common.forms import EMAIL_LENGTH
from common.keyset import KeyPage
from doctors.endpoints import PracticeEndpoint
from records import selectors, services
from records.api.serializers import NoteRowSerializer
from records.errors import StaleDraft
from records.headings import Headings
from records.models import VisitNote
from records.note_content import TEXT_LENGTH, NoteContent, content_of
from records.policies import assert_may_sign, assert_may_write
from records.presentation import Part, parts_of
from records.reading import note_read
from records.services.notes.error import REASON_LENGTH
from records.services.notes.sign import REASON_LENGTH as AMENDING_LENGTH
from records.states import NOTED


class PartSerializer(serializers.Serializer[Part]):
    heading = serializers.CharField(source="label")
    text = serializers.CharField()


class VersionSerializer(serializers.Serializer[Any]):
    """A version as it was signed; without text (`is_intact` false) where it is not so any more."""

    number = serializers.IntegerField()
    signed_at = serializers.DateTimeField()
    signer = serializers.CharField()
    reason = serializers.CharField(help_text="Of an amendment.")
    is_intact = serializers.BooleanField()
    summary = serializers.CharField(help_text="In plain words, for the patient.")
    parts = PartSerializer(many=True)


class NoteSerializer(NoteRowSerializer):
    """`versions` are the latest first; there are none of what was entered in error but for its doctor."""

    is_whole = serializers.BooleanField(help_text="Whether every version is there and says what was signed.")
    is_author = serializers.BooleanField()
    seconds = serializers.BooleanField(help_text="Whether the caller is asked whether it was entered in error.")
    error_reason = serializers.CharField()
    versions = VersionSerializer(many=True)

    class Meta(NoteRowSerializer.Meta):
        fields = [
            *NoteRowSerializer.Meta.fields,
            "is_whole",
            "is_author",
            "seconds",
            "error_reason",
            "versions",
        ]


class HeadingSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    heading = serializers.CharField(source="label")
    hint = serializers.CharField()


class NoteDraftSerializer(serializers.Serializer[Any]):
    """What its doctor is writing, by the keys of `headings`; `has_draft` is false where nothing is begun."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    has_draft = serializers.BooleanField()
    headings = HeadingSerializer(many=True)
    sections = serializers.DictField(child=serializers.CharField(allow_blank=True))
    summary = serializers.CharField()


class WritingSerializer(serializers.Serializer[Any]):
    sections = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=TEXT_LENGTH), help_text="By the keys of the headings."
    )
    summary = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=TEXT_LENGTH,
        help_text="In plain words, for the patient.",
    )


class BegunSerializer(serializers.Serializer[Any]):
    """`note` is null where none is begun."""

    note = serializers.UUIDField(allow_null=True)
    can_begin = serializers.BooleanField()


class NoteSigningSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=AMENDING_LENGTH, help_text="Needed to amend."
    )
    release_on = DayField(
        required=False,
        default=None,
        allow_null=True,
        help_text="From when on the patient may read it; at once without.",
    )


class ErrorAskSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=REASON_LENGTH)
    colleague = serializers.EmailField(max_length=EMAIL_LENGTH, help_text="A verified doctor here, who is to agree.")


class ErrorAnswerSerializer(serializers.Serializer[Any]):
    agrees = serializers.BooleanField()


class ToDoSerializer(serializers.Serializer[Any]):
    """`unwritten` are visits without a note, `asked` notes of colleagues that may have been entered in error."""

    drafts = NoteRowSerializer(many=True)
    unwritten = serializers.SerializerMethodField()
    asked = NoteRowSerializer(many=True)

    def get_unwritten(self, waiting: selectors.Waiting) -> list[UUID]:
        return [visit.public_id for visit in waiting.unwritten]


def note_told(viewer: Endpoint, note: VisitNote) -> dict[str, Any]:
    read = note_read(viewer.caller, note, now=clock.now())
    versions = [
        {
            "number": one.version.number,
            "signed_at": one.version.signed_at,
            "signer": one.version.signer_name,
            "reason": one.reason,
            "is_intact": one.is_intact,
            "summary": one.content.summary if one.content else "",
            "parts": parts_of(one.content, for_patient=read.for_patient) if one.content else [],
        }
        for one in reversed(read.readings)
    ]
    told = NoteRowSerializer(note).data
    more = {name: getattr(read, name) for name in ("is_whole", "is_author", "seconds", "error_reason")}
    return {**told, **more, "versions": VersionSerializer(versions, many=True).data}


class NoteList(KeysetView, PatientEndpoint):
    """What doctors have signed about the caller's visits and released to them, the latest first."""

    area = Area.RECORDS
    serializer_class = NoteRowSerializer

    def page(self, asked: dict[str, Any], place: Place) -> KeyPage[VisitNote]:
        return selectors.notes_of(self.caller, **place)


class NoteDetail(Endpoint):
    area = Area.RECORDS

    @extend_schema(responses=NoteSerializer)
    def get(self, request: Request, note_id: UUID) -> Response:
        """A note as it was signed: for its patient in plain words, for doctors under their own headings."""
        note = selectors.note_for(self.caller, note_id)
        services.note_viewed(actor=self.caller, note=note)
        read = note_read(self.caller, note, now=clock.now())
        if read.for_patient and not read.as_carer:
            services.news_mark_read(actor=self.caller, thing_ids=[note_id], now=clock.now())
        return Response(note_told(self, note))


class NoteBegin(PracticeEndpoint):
    area = Area.RECORDS

    @extend_schema(responses=BegunSerializer)
    def get(self, request: Request, appointment_id: UUID) -> Response:
        """The note of a visit, for its doctor."""
        appointment = appointment_for(self.caller, appointment_id)
        if not acts_as_doctor(self.caller, appointment):
            raise Forbidden("doctors_only", "Only the doctor of a visit can write its note.")
        note = selectors.note_of_visit(self.caller, appointment)
        return _begun(note, can_begin=note is None and appointment.status in NOTED)

    @extend_schema(request=None, responses={201: BegunSerializer})
    def post(self, request: Request, appointment_id: UUID) -> Response:
        """Begin it; a repeat is answered with the one that is there."""
        note = services.note_begin(actor=self.caller, appointment_id=appointment_id)
        return _begun(note, can_begin=False, status=HTTPStatus.CREATED)


def _begun(note: VisitNote | None, *, can_begin: bool, status: int = HTTPStatus.OK) -> Response:
    return Response(BegunSerializer({"note": note and note.public_id, "can_begin": can_begin}).data, status=status)


class NoteDraft(PracticeEndpoint):
    area = Area.RECORDS
    is_versioned = True

    @extend_schema(parameters=REREAD, responses={200: NoteDraftSerializer, 304: None})
    def get(self, request: Request, note_id: UUID) -> Response:
        """What the doctor goes on writing: the open draft, else what was signed last."""
        note = self._own(note_id)
        services.note_viewed(actor=self.caller, note=note)
        return self._tagged(note)

    @extend_schema(parameters=[ETAG], request=WritingSerializer, responses=NoteDraftSerializer)
    def put(self, request: Request, note_id: UUID) -> Response:
        """Keep what was typed: of a note that is not signed yet, or as an amendment of a signed one."""
        note = self._own(note_id)
        version, typed = version_asked(request, current=note.draft_version), self.sent(WritingSerializer)
        stored = selectors.content_to_write(note)
        headings = selectors.headings_to_write(note, stored, [key for key, text in typed["sections"].items() if text])
        _assert_kept(typed["sections"], headings)
        content = content_of({**typed["sections"], "summary": typed["summary"]}, headings)
        with stale_is_412(StaleDraft):
            saved = services.note_save(actor=self.caller, note_id=note_id, version=version, content=content)
        return self._tagged(saved)

    @extend_schema(responses={200: NoteRowSerializer})
    def delete(self, request: Request, note_id: UUID) -> Response:
        """Throw away what is not signed; a note that nobody has signed counts as entered in error then."""
        version = version_asked(request, current=self._own(note_id).draft_version)
        with stale_is_412(StaleDraft):
            note = services.note_discard(actor=self.caller, note_id=note_id, version=version)
        return Response(NoteRowSerializer(note).data)

    def _own(self, note_id: UUID) -> VisitNote:
        note = selectors.note_for(self.caller, note_id)
        assert_may_write(self.caller, note)
        return note

    def _tagged(self, note: VisitNote) -> Response:
        content = selectors.content_to_write(note)
        return tagged(self.request, NoteDraftSerializer(_draft(note, content)).data, note.draft_version)


def _assert_kept(sections: dict[str, str], headings: Headings) -> None:
    """What is written under no heading would be lost without a word."""
    lost = [key for key, text in sections.items() if text and key not in {one.key for one in headings}]
    if lost:
        told = {f"sections.{key}": ["This note has no such heading."] for key in lost}
        raise Invalid("invalid", "Some of what you sent is not right.", fields=told)


def _draft(note: VisitNote, content: NoteContent) -> dict[str, Any]:
    headings = selectors.headings_to_write(note, content, list(content.sections))
    return {
        "id": note.public_id,
        "version": note.draft_version,
        "has_draft": note.has_draft,
        "headings": headings,
        "sections": dict(content.sections),
        "summary": content.summary,
    }


class NoteSign(PracticeEndpoint):
    area = Area.RECORDS
    is_versioned = True

    @extend_schema(request=NoteSigningSerializer, responses=NoteSerializer)
    def post(self, request: Request, note_id: UUID) -> Response:
        """Sign the draft that was read, or an amendment. Only shortly after the caller has proved who they are."""
        note = selectors.note_for(self.caller, note_id)
        assert_may_sign(self.caller, note)
        assert_proved_recently(request)
        version, asked = version_asked(request, current=note.draft_version), self.sent(NoteSigningSerializer)
        with stale_is_412(StaleDraft):
            services.note_sign(actor=self.caller, note_id=note_id, version=version, **asked)
        return Response(note_told(self, selectors.note_for(self.caller, note_id)))


class NoteErrorAsk(PracticeEndpoint):
    area = Area.RECORDS

    @extend_schema(request=ErrorAskSerializer, responses=NoteRowSerializer)
    def post(self, request: Request, note_id: UUID) -> Response:
        """Ask a colleague whether a signed note was entered in error: it is once both say so."""
        assert_may_write(self.caller, selectors.note_for(self.caller, note_id))
        asked = self.sent(ErrorAskSerializer)
        note = services.note_error_ask(
            actor=self.caller, note_id=note_id, reason=asked["reason"], colleague_email=asked["colleague"]
        )
        return Response(NoteRowSerializer(note).data)


class NoteErrorWithdraw(PracticeEndpoint):
    area = Area.RECORDS

    @extend_schema(request=None, responses=NoteRowSerializer)
    def post(self, request: Request, note_id: UUID) -> Response:
        """Take the question back."""
        return Response(NoteRowSerializer(services.note_error_withdraw(actor=self.caller, note_id=note_id)).data)


class NoteErrorAnswer(PracticeEndpoint):
    area = Area.RECORDS

    @extend_schema(request=ErrorAnswerSerializer, responses=NoteRowSerializer)
    def post(self, request: Request, note_id: UUID) -> Response:
        """The colleague who was asked says whether it was entered in error."""
        selectors.note_for(self.caller, note_id)
        agrees = self.sent(ErrorAnswerSerializer)["agrees"]
        note = services.note_error_answer(actor=self.caller, note_id=note_id, agrees=agrees)
        return Response(NoteRowSerializer(note).data)


class NotesToDo(PracticeEndpoint):
    area = Area.RECORDS

    @extend_schema(responses=ToDoSerializer)
    def get(self, request: Request) -> Response:
        """What the caller has to write and sign, and what colleagues ask."""
        return Response(ToDoSerializer(selectors.to_do_of(self.caller, now=clock.now())).data)

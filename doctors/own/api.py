"""What a doctor's own public page says, and what they propose for it."""

from __future__ import annotations

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.states import Area
from common import clock
from doctors import profile, services
from doctors.endpoints import PracticeEndpoint
from doctors.models import PageProposal
from doctors.own.forms import LONGEST_INTEREST, LONGEST_TEXT, MOST_INTERESTS, MOST_ROWS
from doctors.selectors.proposals import content_to_change, latest_proposal, page_to_change, public_page_of, version_seen

_LARGEST = 99_999_999


class QualificationSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    institution = serializers.CharField(required=False, default="", allow_blank=True, max_length=160)
    year = serializers.IntegerField(required=False, default=None, allow_null=True, min_value=1940, max_value=2100)


class QuestionSerializer(serializers.Serializer[Any]):
    question = serializers.CharField(max_length=200)
    answer = serializers.CharField(max_length=LONGEST_TEXT)


class WordsSerializer(serializers.Serializer[Any]):
    """Plain text: an empty line between paragraphs, "- " before each line of a list."""

    biography = serializers.CharField(allow_blank=True, max_length=LONGEST_TEXT)
    interests = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_INTEREST), max_length=MOST_INTERESTS
    )
    qualifications = QualificationSerializer(many=True, max_length=MOST_ROWS)  # type: ignore[call-arg]
    questions = QuestionSerializer(many=True, max_length=MOST_ROWS)  # type: ignore[call-arg]


class ProposingSerializer(WordsSerializer):
    seen = serializers.IntegerField(
        min_value=0, max_value=_LARGEST, help_text="The version of the proposal that was read; 0 for none."
    )


class ProposalSerializer(serializers.ModelSerializer[PageProposal]):
    """What was proposed last; `comment` is the moderator's."""

    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = PageProposal
        fields = ["id", "status", "version", "comment", "sent_at", "decided_at"]
        read_only_fields = fields


class OwnPageSerializer(serializers.Serializer[Any]):
    """`words` are what the page says, with what is proposed and not decided yet; null where no page is public."""

    words = WordsSerializer(allow_null=True)
    seen = serializers.IntegerField()
    proposal = ProposalSerializer(allow_null=True)


class OwnPage(PracticeEndpoint):
    area = Area.PROFILE

    @extend_schema(responses=OwnPageSerializer)
    def get(self, request: Request) -> Response:
        """What the caller's own page says."""
        return self.answer()

    @extend_schema(request=ProposingSerializer, responses=OwnPageSerializer)
    def post(self, request: Request) -> Response:
        """Propose that it says something else. Nothing is public before a moderator has agreed."""
        doctor, asked = self.doctor, self.sent(ProposingSerializer)
        page, seen = page_to_change(doctor), asked.pop("seen")
        content = profile.content_typed(asked, content_to_change(page, latest_proposal(doctor)))
        services.proposal_send(
            actor=self.caller, doctor_id=doctor.public_id, content=content, seen=seen, now=clock.now()
        )
        return self.answer()

    def answer(self) -> Response:
        doctor = self.doctor
        page, proposal = public_page_of(doctor), latest_proposal(doctor)
        words = profile.plain(content_to_change(page, proposal)) if page else None
        shown = {"words": words, "seen": version_seen(proposal), "proposal": proposal}
        return Response(OwnPageSerializer(shown).data)


class OwnPageTakeBack(OwnPage):
    http_method_names = ["post", "options"]

    @extend_schema(request=None, responses=OwnPageSerializer)
    def post(self, request: Request) -> Response:
        """Take back what waits to be looked at."""
        services.proposal_withdraw(actor=self.caller, doctor_id=self.doctor.public_id, now=clock.now())
        return self.answer()


urlpatterns = [
    path("my-page/", OwnPage.as_view(), name="api_own_page"),
    path("my-page/take-back/", OwnPageTakeBack.as_view(), name="api_own_page_take_back"),
]

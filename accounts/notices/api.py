"""What a person was told, and what they want to be told and how, as JSON."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.notices.choices import texts_concern, topics_for
from accounts.notices.forms import CodeForm, NumberForm
from accounts.states import Area
from common import clock
from common.drf.paging import KeysetView, Place
from common.errors import Invalid
from common.keyset import KeyPage
from notifications import selectors
from notifications import services as notifications
from notifications.selectors import Notice
from notifications.states import Channel

MOST_AT_ONCE = 200


class NoticeSerializer(serializers.Serializer[Any]):
    """`path` is a page of the website, or empty; `outcomes` say what became of the email and the text."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    topic = serializers.CharField()
    at = serializers.DateTimeField()
    path = serializers.CharField()
    is_read = serializers.BooleanField()
    outcomes = serializers.ListField(child=serializers.CharField())


class NoticesReadSerializer(serializers.Serializer[Any]):
    notices = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=None, allow_null=True, max_length=MOST_AT_ONCE
    )


class UnreadSerializer(serializers.Serializer[Any]):
    unread = serializers.IntegerField(help_text="At most 100.")


class PreferenceSerializer(serializers.Serializer[Any]):
    """What is told of one kind by one channel, and whether the caller wants it."""

    kind = serializers.CharField(max_length=60)
    channel = serializers.ChoiceField(choices=Channel.choices)
    is_on = serializers.BooleanField()


class ToldPreferenceSerializer(PreferenceSerializer):
    topic = serializers.CharField()
    told = serializers.CharField()


class PreferencesSerializer(serializers.Serializer[Any]):
    """`mobile` is where texts go, confirmed once its code has come back; `trouble` says why mail does not arrive."""

    choices = ToldPreferenceSerializer(many=True)
    can_have_texts = serializers.BooleanField()
    mobile = serializers.CharField()
    is_confirmed = serializers.BooleanField()
    trouble = serializers.CharField()


class ChoosingSerializer(serializers.Serializer[Any]):
    """Whatever is not named stays."""

    choices = PreferenceSerializer(many=True, max_length=MOST_AT_ONCE)  # type: ignore[call-arg]


class NumberSerializer(serializers.Serializer[Any]):
    mobile = serializers.CharField(max_length=40)


class CodeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=12)


class NoticeList(KeysetView, Endpoint):
    """What the caller was told, the newest first."""

    area = Area.MESSAGES
    serializer_class = NoticeSerializer

    def page(self, asked: dict[str, Any], place: Place) -> KeyPage[Notice]:
        return selectors.notices_page(self.caller, **place)

    def edge_of(self, row: Notice) -> UUID:
        return row.id


class NoticesRead(Endpoint):
    area = Area.MESSAGES

    @extend_schema(request=NoticesReadSerializer, responses=UnreadSerializer)
    def post(self, request: Request) -> Response:
        """These count as read; without any, all that there are."""
        ids = self.sent(NoticesReadSerializer)["notices"]
        notifications.messages_mark_read(user=self.caller, now=clock.now(), message_ids=ids)
        return _unread(self)


class NoticeOpen(Endpoint):
    area = Area.MESSAGES

    @extend_schema(operation_id="notice_read", request=None, responses=UnreadSerializer)
    def post(self, request: Request, notice_id: UUID) -> Response:
        """This one counts as read."""
        notice = selectors.notice_of(self.caller, notice_id)
        notifications.messages_mark_read(user=self.caller, now=clock.now(), message_ids=[notice.public_id])
        return _unread(self)


def _unread(viewer: Endpoint) -> Response:
    return Response(UnreadSerializer({"unread": selectors.unread_count(viewer.caller)}).data)


class _Preferences(Endpoint):
    """Every change is answered with how it is then."""

    area = Area.MESSAGES

    def answer(self) -> Response:
        user = self.caller
        texts = selectors.texts_can_be_sent() and texts_concern(user)
        contact = selectors.contact_of(user) if texts else None
        is_confirmed = bool(contact and contact.confirmed_at)
        topics = topics_for(user, with_texts=is_confirmed)
        choices = [
            {"topic": topic.label, "told": row.label, "kind": one.kind, "channel": one.channel, "is_on": one.is_on}
            for topic in topics
            for row in topic.rows
            for one in row.choices
        ]
        shown = {
            "choices": choices,
            "can_have_texts": texts,
            "mobile": contact.mobile if contact else "",
            "is_confirmed": is_confirmed,
            "trouble": selectors.trouble_with(user.email),
        }
        return Response(PreferencesSerializer(shown).data)


class Preferences(_Preferences):
    @extend_schema(responses=PreferencesSerializer)
    def get(self, request: Request) -> Response:
        """What the caller is told, and how."""
        return self.answer()

    @extend_schema(request=ChoosingSerializer, responses=PreferencesSerializer)
    def post(self, request: Request) -> Response:
        """Choose; it holds from the next message on. What nobody may choose stays as it is."""
        asked = self.sent(ChoosingSerializer)["choices"]
        wanted = {(one["kind"], Channel(one["channel"])): one["is_on"] for one in asked}
        notifications.preferences_set(actor=self.caller, wanted=wanted)
        return self.answer()


class TextNumber(_Preferences):
    @extend_schema(request=NumberSerializer, responses=PreferencesSerializer)
    def post(self, request: Request) -> Response:
        """Have a code sent to a mobile number, for texts to go there."""
        form = NumberForm({"mobile": self.sent(NumberSerializer)["mobile"]})
        if not form.is_valid():
            raise _refused(form)
        notifications.contact_ask(actor=self.caller, mobile=form.cleaned_data["mobile"], now=clock.now())
        return self.answer()


class TextConfirm(_Preferences):
    @extend_schema(request=CodeSerializer, responses=PreferencesSerializer)
    def post(self, request: Request) -> Response:
        """The code has come back: the number is the caller's."""
        form = CodeForm({"code": self.sent(CodeSerializer)["code"]})
        if not form.is_valid():
            raise _refused(form)
        notifications.contact_confirm(actor=self.caller, code=form.cleaned_data["code"], now=clock.now())
        return self.answer()


def _refused(form: NumberForm | CodeForm) -> Invalid:
    fields = {name: [str(one) for one in errors] for name, errors in form.errors.items()}
    return Invalid("invalid", "Some of what you sent is not right.", fields=fields)


class TextRemove(_Preferences):
    @extend_schema(request=None, responses=PreferencesSerializer)
    def post(self, request: Request) -> Response:
        """No more texts: the number is forgotten."""
        notifications.contact_remove(actor=self.caller)
        return self.answer()


class AddressTryAgain(_Preferences):
    @extend_schema(request=None, responses=PreferencesSerializer)
    def post(self, request: Request) -> Response:
        """The caller's email address works again, they say: the next email goes there."""
        notifications.address_try_again(actor=self.caller)
        return self.answer()


urlpatterns = [
    path("notices/", NoticeList.as_view(), name="api_notices"),
    path("notices/read/", NoticesRead.as_view(), name="api_notices_read"),
    path("notices/<uuid:notice_id>/read/", NoticeOpen.as_view(), name="api_notice_open"),
    path("notices/preferences/", Preferences.as_view(), name="api_preferences"),
    path("notices/number/", TextNumber.as_view(), name="api_text_number"),
    path("notices/number/confirm/", TextConfirm.as_view(), name="api_text_confirm"),
    path("notices/number/remove/", TextRemove.as_view(), name="api_text_remove"),
    path("notices/address/", AddressTryAgain.as_view(), name="api_address_try_again"),
]

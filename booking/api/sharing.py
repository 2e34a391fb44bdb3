"""Who sees an appointment besides the patient and the doctor, and calendars of one's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.policies import assert_proved_recently
from accounts.states import Area
from booking import policies, selectors, services
from booking.api.serializers import AppointmentSerializer
from booking.models import Appointment, AppointmentShare, CalendarFeed
from common import clock
from common.errors import Forbidden, NotFound
from common.forms import EMAIL_LENGTH


class AppointmentShareSerializer(serializers.ModelSerializer[AppointmentShare]):
    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = AppointmentShare
        fields = ["id", "email", "state", "invited_at"]
        read_only_fields = fields


class AppointmentSharingSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(
        max_length=EMAIL_LENGTH, help_text="We write to it, and open the appointment once they have said yes."
    )


class OfferSerializer(serializers.ModelSerializer[AppointmentShare]):
    """That somebody asks the caller to see an appointment of theirs."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    patient = serializers.CharField(source="appointment.patient.name", read_only=True)
    start = serializers.DateTimeField(source="appointment.start", read_only=True)
    zone = serializers.CharField(source="appointment.location.zone", read_only=True)

    class Meta:
        model = AppointmentShare
        fields = ["id", "patient", "start", "zone", "invited_at"]
        read_only_fields = fields


class ConcealSerializer(serializers.Serializer[Any]):
    is_confidential = serializers.BooleanField(help_text="Kept from everybody who helps the patient.")


class ConcealedSerializer(AppointmentSerializer):
    class Meta(AppointmentSerializer.Meta):
        fields = [*AppointmentSerializer.Meta.fields, "is_confidential"]
        read_only_fields = fields


class FeedSerializer(serializers.Serializer[Any]):
    """`made_at` is null where the caller could have such an address and has none. None is ever shown again."""

    kind = serializers.ChoiceField(choices=CalendarFeed.Kind.choices)
    made_at = serializers.DateTimeField(allow_null=True)


class MadeSerializer(serializers.Serializer[Any]):
    """The address alone opens the calendar; it is shown this once."""

    kind = serializers.ChoiceField(choices=CalendarFeed.Kind.choices)
    url = serializers.URLField()


class ShareList(Endpoint):
    area = Area.APPOINTMENTS

    @extend_schema(operation_id="appointment_shares_list", responses=AppointmentShareSerializer(many=True))
    def get(self, request: Request, appointment_id: UUID) -> Response:
        """With whom the patient shares an appointment."""
        return Response(AppointmentShareSerializer(selectors.shares_of(self._own(appointment_id)), many=True).data)

    @extend_schema(request=AppointmentSharingSerializer, responses={201: AppointmentShareSerializer})
    def post(self, request: Request, appointment_id: UUID) -> Response:
        """Let somebody who helps the patient see and cancel this appointment; a repeat is answered with the same."""
        self._own(appointment_id)
        email = self.sent(AppointmentSharingSerializer)["email"]
        share = services.appointment_share(actor=self.caller, appointment_id=appointment_id, email=email)
        return Response(AppointmentShareSerializer(share).data, status=status.HTTP_201_CREATED)

    def _own(self, appointment_id: UUID) -> Appointment:
        appointment = selectors.appointment_for(self.caller, appointment_id)
        if not policies.can_share(self.caller, appointment):
            raise Forbidden("patients_only", "Only the patient can share this appointment.")
        return appointment


class ShareRevoke(Endpoint):
    area = Area.APPOINTMENTS

    @extend_schema(request=None, responses=AppointmentSerializer)
    def post(self, request: Request, appointment_id: UUID, share_id: UUID) -> Response:
        """That person can no longer see it."""
        done = services.appointment_unshare(actor=self.caller, appointment_id=appointment_id, share_id=share_id)
        return Response(AppointmentSerializer(done).data)


class AppointmentConceal(Endpoint):
    area = Area.APPOINTMENTS

    @extend_schema(request=ConcealSerializer, responses=ConcealedSerializer)
    def post(self, request: Request, appointment_id: UUID) -> Response:
        """Keep it from everybody who helps the patient, or no longer."""
        selectors.appointment_for(self.caller, appointment_id)
        keeps = self.sent(ConcealSerializer)["is_confidential"]
        done = services.appointment_conceal(actor=self.caller, appointment_id=appointment_id, is_confidential=keeps)
        return Response(ConcealedSerializer(done).data)


class OfferList(Endpoint):
    area = Area.APPOINTMENTS

    @extend_schema(operation_id="share_offers_list", responses=OfferSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Appointments that others ask the caller to see."""
        return Response(OfferSerializer(selectors.shares_offered_to(self.caller, now=clock.now()), many=True).data)


class OfferAccept(Endpoint):
    area = Area.APPOINTMENTS

    @extend_schema(request=None, responses=AppointmentSerializer)
    def post(self, request: Request, share_id: UUID) -> Response:
        """Yes: the appointment is open to the caller."""
        accepted = services.share_accept(actor=self.caller, share_id=share_id)
        return Response(AppointmentSerializer(selectors.appointment_for(self.caller, accepted.public_id)).data)


class OfferDecline(Endpoint):
    area = Area.APPOINTMENTS

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, share_id: UUID) -> Response:
        """No."""
        services.share_decline(actor=self.caller, share_id=share_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class FeedList(Endpoint):
    area = Area.APPOINTMENTS

    @extend_schema(operation_id="calendar_feeds_list", responses=FeedSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The calendar addresses that the caller has, or can have."""
        held = selectors.feeds_of(self.caller)
        kinds = [kind for kind in CalendarFeed.Kind if kind in held or policies.can_have_feed(self.caller, kind)]
        if not kinds:
            raise Forbidden("no_such_feed", "Calendar addresses are for patients and doctors.")
        rows = [{"kind": kind, "made_at": held[kind].made_at if kind in held else None} for kind in kinds]
        return Response(FeedSerializer(rows, many=True).data)


class FeedMake(Endpoint):
    area = Area.APPOINTMENTS

    @extend_schema(request=None, responses={201: MadeSerializer})
    def post(self, request: Request, kind: str) -> Response:
        """A new address, in place of the old one. Only shortly after the caller has proved who they are."""
        assert_proved_recently(request)
        token = services.feed_make(actor=self.caller, kind=_kind(kind))
        url = f"{settings.BASE_URL}{reverse('booking:feed', args=[token])}"
        made = MadeSerializer({"kind": kind, "url": url}).data
        return Response(made, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})


class FeedRevoke(Endpoint):
    area = Area.APPOINTMENTS

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, kind: str) -> Response:
        """Take the address back."""
        services.feed_revoke(actor=self.caller, kind=_kind(kind))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _kind(word: str) -> CalendarFeed.Kind:
    if word not in CalendarFeed.Kind.values:
        raise NotFound("There is no such calendar address.")
    return CalendarFeed.Kind(word)

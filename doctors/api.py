"""The API's side of finding a doctor: the selectors that the pages call, as JSON. Open to anybody, throttled."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Gender
from common import clock
from common.drf.paging import UnknownCursor
from common.drf.views import PublicView
from common.errors import Invalid
from doctors import selectors
from doctors.forms import SearchForm
from doctors.models import Doctor, Location, Specialty, VisitType
from doctors.selectors.cursor import Cursor
from doctors.states import Modality


class SpecialtySerializer(serializers.ModelSerializer[Specialty]):
    class Meta:
        model = Specialty
        fields = ["slug", "name"]


class LocationSerializer(serializers.ModelSerializer[Location]):
    class Meta:
        model = Location
        fields = ["slug", "name", "street", "town", "postcode", "phone", "access", "zone", "latitude", "longitude"]


class VisitTypeSerializer(serializers.ModelSerializer[VisitType]):
    """The price is minor units of `currency`, notice minutes; `id` is what slots and bookings ask for.

    Where visits are paid online `deposit_minor` of the price is due then; empty for all of it.
    Notice and horizon are what holds with this doctor, who is in the context.
    """

    id = serializers.UUIDField(source="public_id", read_only=True)
    minimum_notice = serializers.SerializerMethodField()
    horizon_days = serializers.SerializerMethodField()

    class Meta:
        model = VisitType
        fields = [
            "id",
            "name",
            "minutes",
            "price_minor",
            "deposit_minor",
            "currency",
            "modality",
            "minimum_notice",
            "horizon_days",
            "needs_approval",
        ]

    def get_minimum_notice(self, visit_type: VisitType) -> int:
        return visit_type.limits(self.context["doctor"]).minimum_notice

    def get_horizon_days(self, visit_type: VisitType) -> int:
        return visit_type.limits(self.context["doctor"]).horizon_days


class DoctorSerializer(serializers.ModelSerializer[Doctor]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    name = serializers.CharField(read_only=True)
    path = serializers.CharField(source="page_url", read_only=True, help_text="Of the profile page on the website.")

    class Meta:
        model = Doctor
        fields = ["id", "slug", "name", "gmc_number", "gender", "languages", "verified_at", "path"]


class ChoiceSerializer(serializers.Serializer[Any]):
    """A free time as a booking asks for it: the instant, the visit type's id, the place's slug, and its zone."""

    start = serializers.DateTimeField()
    visit_type = serializers.UUIDField(source="visit_type_id")
    location = serializers.CharField(source="location.slug")
    zone = serializers.CharField(source="location.zone", help_text="The zone in which to show the time.")


class CardSerializer(serializers.Serializer[Any]):
    """A doctor in the results. `next_times` are the next free ones of one visit type, `price_from` what it
    costs in minor units of pounds."""

    doctor = DoctorSerializer()
    specialties = SpecialtySerializer(many=True)
    locations = serializers.SerializerMethodField(help_text="Slugs of the places.")
    next_times = ChoiceSerializer(source="times", many=True)
    miles = serializers.FloatField(allow_null=True, help_text="From `near` to the first of the places, about.")
    price_from = serializers.IntegerField(allow_null=True)
    portrait = serializers.CharField(allow_blank=True)

    def get_locations(self, card: Any) -> list[str]:
        return [location.slug for location in card.locations]


class SearchPageSerializer(serializers.Serializer[Any]):
    """`count` stops at 200, and `count_is_partial` says so. `next` and `previous` are null at the ends.

    `facets` has for each filter with a list how many doctors each value would leave beside the other filters; it is
    empty where that is not known (words, a distance, a price or day that leaves more than 100 doctors).
    """

    count = serializers.IntegerField()
    count_is_partial = serializers.BooleanField(source="is_more")
    next = serializers.SerializerMethodField()
    previous = serializers.SerializerMethodField()
    facets = serializers.DictField(child=serializers.DictField(child=serializers.IntegerField()))
    results = CardSerializer(source="cards", many=True)

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_next(self, page: selectors.SearchPage) -> str | None:
        return self._address("after", page.after)

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_previous(self, page: selectors.SearchPage) -> str | None:
        return self._address("before", page.before)

    def _address(self, name: str, cursor: str) -> str | None:
        request: Request = self.context["request"]
        query = urlencode({**self.context["chosen"], name: cursor})
        return request.build_absolute_uri(f"{request.path}?{query}") if cursor else None


class ProfileSerializer(DoctorSerializer):
    specialties = SpecialtySerializer(many=True)
    locations = LocationSerializer(many=True)
    visit_types = serializers.SerializerMethodField()

    class Meta(DoctorSerializer.Meta):
        fields = [*DoctorSerializer.Meta.fields, "specialties", "locations", "visit_types"]

    @extend_schema(responses=VisitTypeSerializer(many=True))
    def get_visit_types(self, doctor: Doctor) -> Any:
        return VisitTypeSerializer(selectors.visit_types_of(doctor), many=True, context={"doctor": doctor}).data


FILTERS = [
    OpenApiParameter(
        "q",
        {"type": "string", "maxLength": 80},
        description="Part of a name, a specialty or a condition; spelling may be near.",
    ),
    OpenApiParameter("specialty", str, description="A slug."),
    OpenApiParameter("location", str, description="A slug."),
    OpenApiParameter("modality", str, enum=Modality.values),
    OpenApiParameter("language", str, description="ISO 639-1."),
    OpenApiParameter("gender", str, enum=[Gender.FEMALE.value, Gender.MALE.value]),
    OpenApiParameter(
        "near", {"type": "string", "maxLength": 40}, description="A town, or the first half of a postcode."
    ),
    OpenApiParameter("miles", int, enum=[5, 10, 50, 100], description="How far from `near`; 25 without."),
    OpenApiParameter("sort", str, enum=["nearest"], description="The nearest place to `near` first."),
    OpenApiParameter(
        "price",
        {"type": "integer", "minimum": 0, "maximum": 10_000},
        description="The most that the cheapest visit may cost, in whole pounds.",
    ),
    OpenApiParameter("day", OpenApiTypes.DATE, description="Only doctors who may have a time then or later."),
    OpenApiParameter("after", str, description="From `next`."),
    OpenApiParameter("before", str, description="From `previous`."),
]


class DoctorList(PublicView):
    @extend_schema(operation_id="doctors_search", parameters=FILTERS, responses=SearchPageSerializer)
    def get(self, request: Request) -> Response:
        """Verified doctors who fit, twenty a page, whoever can be seen soonest first."""
        choices = selectors.search_choices()
        form = SearchForm(request.query_params, choices=choices)
        if not form.is_valid():
            fields = {name: [str(message) for message in messages] for name, messages in form.errors.items()}
            raise Invalid("invalid", "We do not know what one of the filters asks for.", fields=fields)
        asked = request.query_params
        after, before = asked.get("after", ""), asked.get("before", "")
        cursor = Cursor.read(after=after, before=before)
        if cursor is None and (after or before):
            raise UnknownCursor("before" if before else "after")
        page = selectors.doctors_search(form.filters(), now=clock.now(), choices=choices, cursor=cursor)
        context = {"request": request, "chosen": form.chosen()}
        return Response(SearchPageSerializer(page, context=context).data)


class DoctorDetail(PublicView):
    @extend_schema(responses=ProfileSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """A verified doctor with what can be booked; anybody else is not found."""
        return Response(ProfileSerializer(selectors.doctor_listed(slug)).data)

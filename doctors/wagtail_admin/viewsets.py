from __future__ import annotations

from django.urls import URLPattern, path
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from common.viewsets import KeptViewSet
from doctors.models import Doctor, Location, SearchWord, Specialty
from doctors.wagtail_admin.forms import DoctorForm, SearchWordForm
from doctors.wagtail_admin.staff import StaffView
from doctors.wagtail_admin.views import (
    DoctorCreate,
    DoctorEdit,
    DoctorIndex,
    LocationEdit,
    ProfilePageView,
    SearchWordIndex,
)


class DoctorViewSet(KeptViewSet):
    model = Doctor
    name = "doctors"
    url_prefix = "doctors"
    url_namespace = "doctors"
    icon = "user"
    menu_label = "Doctors"
    index_view_class = DoctorIndex
    add_view_class = DoctorCreate
    edit_view_class = DoctorEdit
    list_filter = ["verification_status", "is_active", "specialties", "locations"]
    search_fields = ["given_name", "family_name", "gmc_number"]
    inspect_view_fields = ["name", "gmc_number", "gender", "language_names", "specialties", "locations", "is_active"]
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("title"), FieldPanel("given_name"), FieldPanel("family_name")]),
                    FieldRowPanel([FieldPanel("gmc_number"), FieldPanel("gender")]),
                    FieldPanel("account"),
                    FieldPanel("is_active"),
                    FieldPanel("verification_status", read_only=True, heading="Verification"),
                ],
                heading="Doctor",
            ),
            MultiFieldPanel(
                [FieldPanel("specialties"), FieldPanel("locations"), FieldPanel("languages")],
                heading="What, where and in which languages",
            ),
            InlinePanel(
                "visit_types",
                heading="Visit types",
                label="Visit type",
                panels=[
                    FieldPanel("name"),
                    FieldRowPanel([FieldPanel("minutes"), FieldPanel("price_minor"), FieldPanel("modality")]),
                    FieldRowPanel([FieldPanel("deposit_minor"), FieldPanel("vat_rate_percent")]),
                    FieldRowPanel([FieldPanel("buffer_before"), FieldPanel("buffer_after")]),
                    FieldRowPanel([FieldPanel("minimum_notice"), FieldPanel("horizon_days"), FieldPanel("daily_cap")]),
                    FieldPanel("position"),
                    FieldRowPanel([FieldPanel("needs_approval"), FieldPanel("is_active")]),
                ],
            ),
        ],
        base_form_class=DoctorForm,
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        profile_page = path("<uuid:doctor_id>/page/", ProfilePageView.as_view(), name="profile_page")
        return [*super().get_urlpatterns(), profile_page]


class SpecialtyViewSet(KeptViewSet):
    model = Specialty
    url_prefix = "doctors/specialties"
    icon = "tag"
    form_fields = ["name", "slug", "description"]
    inspect_view_fields = form_fields
    list_display = ["name", "description"]
    search_fields = ["name"]


class LocationViewSet(KeptViewSet):
    model = Location
    url_prefix = "doctors/locations"
    icon = "site"
    form_fields = [
        "name",
        "slug",
        "street",
        "town",
        "postcode",
        "phone",
        "access",
        "zone",
        "bank_holidays",
        "latitude",
        "longitude",
    ]
    inspect_view_fields = form_fields
    list_display = ["name", "town", "phone"]
    search_fields = ["name", "town", "postcode"]
    edit_view_class = LocationEdit

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*super().get_urlpatterns(), path("<int:pk>/staff/", StaffView.as_view(), name="staff")]


class SearchWordViewSet(ModelViewSet):
    """The words by which patients find a specialty. They are only words, so they may be deleted."""

    model = SearchWord
    url_prefix = "doctors/search-words"
    icon = "search"
    menu_label = "Search words"
    index_view_class = SearchWordIndex
    copy_view_enabled = False
    add_to_reference_index = False
    search_backend_name = None
    search_fields = ["word"]
    list_filter = ["specialties"]
    edit_handler = ObjectList([FieldPanel("word"), FieldPanel("specialties")], base_form_class=SearchWordForm)


class DoctorsGroup(ModelViewSetGroup):
    menu_label = "Doctors"
    menu_icon = "user"
    menu_order = 110
    # The more special addresses first: "doctors/" would take them for its own.
    items = (SpecialtyViewSet, SearchWordViewSet, LocationViewSet, DoctorViewSet)

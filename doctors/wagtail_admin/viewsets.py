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
                    FieldRowPanel(
                        [
                            FieldPanel("title", help_text="Such as Dr, Mr or Professor."),
                            FieldPanel("given_name", help_text="As in the medical register."),
                            FieldPanel("family_name", help_text="As in the medical register."),
                        ]
                    ),
                    FieldRowPanel(
                        [
                            FieldPanel("gmc_number", help_text="Seven digits, sometimes with a C in front."),
                            FieldPanel("gender", help_text="Patients can search by it."),
                        ]
                    ),
                    FieldPanel("account"),
                    FieldPanel(
                        "is_active", help_text="Off takes the page down and keeps new patients from booking them."
                    ),
                    FieldPanel("verification_status", read_only=True, heading="Verification"),
                ],
                heading="Doctor",
            ),
            MultiFieldPanel(
                [
                    FieldPanel("specialties", help_text="Patients find the doctor by each of them."),
                    FieldPanel("locations", help_text="Where they see patients; hours are set for each."),
                    FieldPanel("languages", help_text="In which they can see patients without an interpreter."),
                ],
                heading="What, where and in which languages",
            ),
            InlinePanel(
                "visit_types",
                heading="Visit types",
                label="Visit type",
                panels=[
                    FieldPanel("name", help_text="As patients read it, such as “First visit”."),
                    FieldRowPanel(
                        [
                            FieldPanel("minutes", help_text="With the patient, without what is kept free around it."),
                            FieldPanel("price_minor", help_text="4500 is £45; 0 is free of charge."),
                            FieldPanel("modality", help_text="At the place, by video or by telephone."),
                        ]
                    ),
                    FieldRowPanel(
                        [
                            FieldPanel("deposit_minor"),
                            FieldPanel("vat_rate_percent", help_text="Medical care is exempt."),
                        ]
                    ),
                    FieldRowPanel(
                        [
                            FieldPanel("buffer_before", help_text="To prepare; nobody else can be booked then."),
                            FieldPanel("buffer_after", help_text="To write the note; nobody else can be booked then."),
                        ]
                    ),
                    FieldRowPanel(
                        [
                            FieldPanel("minimum_notice", help_text="How late before its start a visit can be booked."),
                            FieldPanel("horizon_days", help_text="Later days are not offered yet."),
                            FieldPanel("daily_cap"),
                        ]
                    ),
                    FieldPanel("position", help_text="Where it stands among the others, the smallest first."),
                    FieldRowPanel(
                        [
                            FieldPanel("needs_approval", help_text="A request waits until the doctor has answered."),
                            FieldPanel("is_active", help_text="Off keeps what is booked and offers it no more."),
                        ]
                    ),
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
    panels = [
        FieldPanel("name", help_text="As patients call it, such as Cardiology."),
        FieldPanel("slug", help_text="Its part of an address, in small letters. Links to it break when it changes."),
        FieldPanel("description"),
    ]
    inspect_view_fields = ["name", "slug", "description"]
    list_display = ["name", "description"]
    search_fields = ["name"]


class LocationViewSet(KeptViewSet):
    model = Location
    url_prefix = "doctors/locations"
    icon = "site"
    panels = [
        MultiFieldPanel(
            [
                FieldPanel("name", help_text="As patients know it."),
                FieldPanel(
                    "slug", help_text="Its part of an address, in small letters. Links to it break when it changes."
                ),
                FieldPanel("phone", help_text="Of its desk; patients can press it to call."),
            ],
            heading="Location",
        ),
        MultiFieldPanel(
            [
                FieldPanel("street", help_text="With the number of the house."),
                FieldRowPanel(
                    [
                        FieldPanel("town", help_text="Patients search by it."),
                        FieldPanel("postcode", help_text="Such as BS1 4QA."),
                    ]
                ),
                FieldPanel("access"),
                FieldRowPanel(
                    [
                        FieldPanel("latitude", help_text="Decimal degrees, such as 51.52260, for “near me”."),
                        FieldPanel("longitude", help_text="Decimal degrees, such as -0.10270."),
                    ]
                ),
            ],
            heading="How to get there",
        ),
        MultiFieldPanel(
            [
                FieldPanel("zone", help_text="Of every time that is shown for this place."),
                FieldPanel("bank_holidays"),
            ],
            heading="Time",
        ),
    ]
    inspect_view_fields = [
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
    edit_handler = ObjectList(
        [FieldPanel("word"), FieldPanel("specialties", help_text="Their doctors are found by it.")],
        base_form_class=SearchWordForm,
    )


class DoctorsGroup(ModelViewSetGroup):
    menu_label = "Doctors"
    menu_icon = "user"
    menu_order = 110
    # The more special addresses first: "doctors/" would take them for its own.
    items = (SpecialtyViewSet, SearchWordViewSet, LocationViewSet, DoctorViewSet)

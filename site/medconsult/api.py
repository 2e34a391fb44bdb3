"""The addresses below /api/v1/: every app's views over the services and selectors that the pages call."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponseBase
from django.urls import path
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

from accounts import api as accounts
from accounts import own_api
from accounts.caring import api as caring
from accounts.notices import api as notices
from accounts.outside import api as outside
from accounts.security import api as security
from accounts.security.headless.description import SignInDescriptionView
from billing.api import routes as billing
from booking import api as booking
from booking.api import routes as booking_more
from common.drf.openapi import DescriptionView
from doctors import api as doctors
from doctors.own import api as own_page
from home.api import router as pages
from records.api import routes as records
from verification.own import api as verification


def _page_of(description: str) -> Callable[..., HttpResponseBase]:
    """A page to read a description on, and to try it."""
    return SpectacularSwaggerSplitView.as_view(
        url_name=description, permission_classes=[AllowAny], http_method_names=["get", "head"]
    )


urlpatterns = [
    path("me/", accounts.MeView.as_view(), name="api_me"),
    path("token/", accounts.TokenView.as_view(), name="api_token"),
    path("token/proof/", accounts.ProofView.as_view(), name="api_token_proof"),
    path("tokens/", accounts.TokenList.as_view(), name="api_tokens"),
    path("tokens/<uuid:token_id>/", accounts.TokenDetail.as_view(), name="api_token_end"),
    path("doctors/", doctors.DoctorList.as_view(), name="api_doctors"),
    path("doctors/<slug:slug>/", doctors.DoctorDetail.as_view(), name="api_doctor"),
    path("doctors/<slug:slug>/slots/", booking.SlotList.as_view(), name="api_slots"),
    path("appointments/", booking.AppointmentList.as_view(), name="api_appointments"),
    path("appointments/<uuid:appointment_id>/", booking.AppointmentDetail.as_view(), name="api_appointment"),
    path("appointments/<uuid:appointment_id>/cancel/", booking.AppointmentCancel.as_view(), name="api_cancel"),
    path("appointments/<uuid:appointment_id>/move/", booking.AppointmentMove.as_view(), name="api_move"),
    path("appointments/<uuid:appointment_id>/extend/", booking.AppointmentExtend.as_view(), name="api_extend"),
    path("appointments/<uuid:appointment_id>/arrive/", booking.AppointmentArrive.as_view(), name="api_arrive"),
    path("appointments/<uuid:appointment_id>/unarrive/", booking.AppointmentUnarrive.as_view(), name="api_unarrive"),
    path("appointments/<uuid:appointment_id>/fulfil/", booking.AppointmentFulfil.as_view(), name="api_fulfil"),
    path("appointments/<uuid:appointment_id>/missed/", booking.AppointmentMiss.as_view(), name="api_noshow"),
    path("consents/", booking.ConsentList.as_view(), name="api_consents"),
    path("", pages.urls),
    *own_api.urlpatterns,
    *caring.urlpatterns,
    *notices.urlpatterns,
    *security.urlpatterns,
    *outside.urlpatterns,
    *own_page.urlpatterns,
    *booking_more.urlpatterns,
    *billing.urlpatterns,
    *verification.urlpatterns,
    *records.urlpatterns,
    path("schema/", DescriptionView.as_view(), name="api_schema"),
    path("schema/auth/", SignInDescriptionView.as_view(), name="api_schema_auth"),
    path("docs/", _page_of("api_schema"), name="api_docs"),
    path("docs/auth/", _page_of("api_schema_auth"), name="api_docs_auth"),
]

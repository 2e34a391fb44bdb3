from __future__ import annotations

from django.urls import URLPattern, path
from wagtail import hooks

from booking.wagtail_admin.closures import ClosuresView


@hooks.register("register_admin_urls")
def closures_url() -> list[URLPattern]:
    return [path("closures/<int:pk>/", ClosuresView.as_view(), name="clinic_closures")]

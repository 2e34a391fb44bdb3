from __future__ import annotations

from django.urls import include, path

from accounts import consents, record_access, views

app_name = "accounts"

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("consents/", consents.consents, name="consents"),
    path("consents/<uuid:consent_id>/take-back/", consents.take_back, name="consent_take_back"),
    path("record-access/", record_access.record_access, name="record_access"),
    path("", include("accounts.caring.urls")),
    path("", include("accounts.notices.urls")),
    path("", include("accounts.outside.urls")),
    path("", include("accounts.security.urls")),
]

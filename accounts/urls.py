from __future__ import annotations

from django.urls import include, path

from accounts import record_access, views

app_name = "accounts"

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("record-access/", record_access.record_access, name="record_access"),
    path("", include("accounts.caring.urls")),
    path("", include("accounts.security.urls")),
]

"""The doors of other providers, mounted under /account/. The addresses that they send people back to are registered
there."""

from __future__ import annotations

from django.urls import path

from accounts.outside import nhs_views, work_views

urlpatterns = [
    path("nhs-login/", nhs_views.enter, name="nhs_login"),
    path("nhs-login/back/", nhs_views.back, name="nhs_login_back"),
    path("nhs-login/connect/", nhs_views.connect, name="nhs_login_connect"),
    path("nhs-login/disconnect/", nhs_views.disconnect, name="nhs_login_disconnect"),
    path("nhs-login/more/<slug:why>/", nhs_views.more, name="nhs_login_more"),
    path("nhs-login/more/<slug:why>/go/", nhs_views.go_for_more, name="nhs_login_go"),
    path("work-login/", work_views.enter, name="work_login"),
    path("work-login/back/", work_views.back, name="work_login_back"),
    path("work-login/connect/", work_views.connect, name="work_login_connect"),
    path("work-login/disconnect/", work_views.disconnect, name="work_login_disconnect"),
]

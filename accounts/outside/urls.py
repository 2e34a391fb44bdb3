"""NHS login's door, mounted under /account/. The address that it sends people back to is registered there."""

from __future__ import annotations

from django.urls import path

from accounts.outside import nhs_views as views

urlpatterns = [
    path("nhs-login/", views.enter, name="nhs_login"),
    path("nhs-login/back/", views.back, name="nhs_login_back"),
    path("nhs-login/connect/", views.connect, name="nhs_login_connect"),
    path("nhs-login/disconnect/", views.disconnect, name="nhs_login_disconnect"),
    path("nhs-login/more/<slug:why>/", views.more, name="nhs_login_more"),
    path("nhs-login/more/<slug:why>/go/", views.go_for_more, name="nhs_login_go"),
]

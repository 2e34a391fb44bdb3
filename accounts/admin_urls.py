"""The admin's own doors, which lead to allauth's (platform.md, trap 3). They stand in front of Wagtail's addresses."""

from __future__ import annotations

from django.urls import path, reverse_lazy
from django.views.generic import RedirectView

from accounts import views

forgotten_password = RedirectView.as_view(url=reverse_lazy("account_reset_password"))

urlpatterns = [
    path("login/", views.admin_door),
    path("password_reset/", forgotten_password),
    path("password_reset/<path:rest>", forgotten_password),
]

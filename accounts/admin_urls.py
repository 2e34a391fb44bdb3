"""The admin's own doors, which lead to allauth's (platform.md, trap 3). They stand in front of Wagtail's addresses."""

from __future__ import annotations

from django.urls import path

from accounts import views

urlpatterns = [
    path("login/", views.admin_door),
    path("password_reset/", views.admin_password_door),
    path("password_reset/<path:rest>", views.admin_password_door),
]

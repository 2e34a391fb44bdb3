"""A doctor's own page, as they write it; its public side is Wagtail's."""

from __future__ import annotations

from django.urls import path

from doctors.own import views

app_name = "own_page"

urlpatterns = [
    path("my-page/", views.edit, name="edit"),
    path("my-page/take-back/", views.take_back, name="take_back"),
]

from __future__ import annotations

from django.urls import path

from accounts.notices import views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read, name="notices_read"),
    path("notices/<uuid:notice_id>/open/", views.open_notice, name="notice_open"),
]

from __future__ import annotations

from django.urls import path

from accounts.notices import preferences, views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read, name="notices_read"),
    path("notices/<uuid:notice_id>/open/", views.open_notice, name="notice_open"),
    path("notifications/", preferences.preferences, name="preferences"),
    path("notifications/number/", preferences.number, name="text_number"),
    path("notifications/number/confirm/", preferences.confirm, name="text_confirm"),
    path("notifications/number/remove/", preferences.remove, name="text_remove"),
    path("notifications/address/", preferences.try_again, name="address_try_again"),
    path("notifications/stop/<str:token>/", preferences.stop, name="stop"),
]

"""The doctor's side; the officers' queue is a part of the Wagtail admin (`wagtail_hooks`)."""

from __future__ import annotations

from django.urls import path

from verification.own import item_views, views

app_name = "credentials"

urlpatterns = [
    path("join/", views.join, name="join"),
    path("verification/", views.tasks, name="tasks"),
    path("verification/start/", views.start, name="start"),
    path("verification/particulars/", views.particulars, name="particulars"),
    path("verification/submit/", views.submit, name="submit"),
    path("verification/renew/", views.renew, name="renew"),
    path("verification/evidence/<uuid:evidence_id>/", item_views.evidence, name="evidence"),
    path("verification/evidence/<uuid:evidence_id>/take-back/", item_views.evidence_withdraw, name="evidence_withdraw"),
    path("verification/<slug:kind>/", item_views.item, name="item"),
    path("verification/<slug:kind>/files/", item_views.files, name="files"),
]

from __future__ import annotations

from django.urls import path

from accounts.caring import views

urlpatterns = [
    path("carers/", views.carers, name="carers"),
    path("carers/invite/", views.invite, name="carer_invite"),
    path("carers/<uuid:carer_id>/change/", views.change, name="carer_change"),
    path("carers/<uuid:carer_id>/revoke/", views.revoke, name="carer_revoke"),
    path("caring/", views.caring, name="caring"),
    path("caring/<uuid:carer_id>/accept/", views.accept, name="caring_accept"),
    path("caring/<uuid:carer_id>/decline/", views.decline, name="caring_decline"),
    path("caring/<uuid:carer_id>/leave/", views.leave, name="caring_leave"),
]

"""The security page and its buttons, mounted under /account/. The overviews of allauth's own lead to it."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from accounts.security import views

to_security = RedirectView.as_view(pattern_name="accounts:security")

urlpatterns = [
    path("security/", views.security, name="security"),
    path("security/sessions/end-others/", views.end_other_sessions, name="security_end_others"),
    path("security/sessions/<uuid:public_id>/end/", views.end_session, name="security_end_session"),
    path("security/two-step/", views.two_step_needed, name="two_step_needed"),
    path("security/two-step/done/", views.two_step_done, name="two_step_done"),
    path("2fa/", to_security, name="two_step_index"),
    path("2fa/webauthn/", to_security, name="two_step_passkeys"),
]

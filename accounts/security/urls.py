"""The security page and its buttons, mounted under /account/. allauth's own overviews lead there, or on to where
somebody was of whom a second step was demanded."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from accounts.security import views

onwards = RedirectView.as_view(pattern_name="accounts:two_step_done")

urlpatterns = [
    path("security/", views.security, name="security"),
    path("security/sessions/end-others/", views.end_other_sessions, name="security_end_others"),
    path("security/tokens/end/", views.end_tokens, name="security_end_tokens"),
    path("security/tokens/<uuid:token_id>/end/", views.end_token, name="security_end_token"),
    path("security/sessions/<uuid:public_id>/end/", views.end_session, name="security_end_session"),
    path("security/two-step/", views.two_step_needed, name="two_step_needed"),
    path("security/two-step/done/", views.two_step_done, name="two_step_done"),
    path("2fa/", onwards, name="two_step_index"),
    path("2fa/recovery-codes/", views.RecoveryCodes.as_view(), name="two_step_codes"),
    path("2fa/recovery-codes/download/", views.RecoveryCodesFile.as_view(), name="two_step_codes_file"),
    path("2fa/webauthn/", onwards, name="two_step_passkeys"),
]

"""The addresses that allauth's own protocol knows them by, below `/api/auth/app/v1/` and `/api/auth/browser/v1/`."""

from __future__ import annotations

from allauth.headless.constants import Client
from django.urls import URLPattern, include, path

from accounts.security.headless import views

app_name = "headless"
DOORS = (
    ("config", views.Config, "config"),
    ("auth/session", views.Session, "session"),
    ("auth/login", views.Login, "login"),
    ("auth/signup", views.Signup, "signup"),
    ("auth/email/verify", views.VerifyEmail, "verify_email"),
    ("auth/email/verify/resend", views.ResendEmail, "resend_email"),
    ("auth/password/request", views.AskForReset, "ask_for_reset"),
    ("auth/password/reset", views.Reset, "reset"),
    ("auth/reauthenticate", views.Reauthenticate, "reauthenticate"),
    ("auth/2fa/authenticate", views.Code, "code"),
    ("auth/2fa/reauthenticate", views.ReauthenticateByCode, "reauthenticate_by_code"),
    ("auth/webauthn/authenticate", views.Passkey, "passkey"),
    ("auth/webauthn/login", views.SignInByPasskey, "sign_in_by_passkey"),
    ("auth/webauthn/reauthenticate", views.ReauthenticateByPasskey, "reauthenticate_by_passkey"),
)


def _doors(client: Client) -> list[URLPattern]:
    return [path(address, view.as_api_view(client=client), name=name) for address, view, name in DOORS]


urlpatterns = [
    path(f"{client.value}/v1/", include((_doors(client), "headless"), namespace=client.value))
    for client in (Client.APP, Client.BROWSER)
]

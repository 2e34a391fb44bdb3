"""allauth's views with our forms in place of its own, which keep the rules of the website's pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.account import views as account
from allauth.headless.account.inputs import SignupInput
from allauth.headless.base.views import ConfigView
from allauth.headless.mfa import views as mfa
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, JsonResponse

from accounts.forms import ResetPasswordForm
from accounts.security.forms import (
    CodeForm,
    ReauthenticateCodeForm,
    ReauthenticatePasskeyForm,
    SignInPasskeyForm,
    UsePasskeyForm,
)


class OurSignup(SignupInput):
    def try_save(self, request: HttpRequest) -> Any:
        """As allauth's, taking as long for an address that has an account as for a new one."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password"])
        return super().try_save(request)


class Careful:
    def _parse_json(self, request: HttpRequest) -> Any:
        """As allauth's, which refuses without a word what is no JSON, and reads nothing that is nested too deeply."""
        try:
            return super()._parse_json(request)  # type: ignore[misc]
        except (ImmediateHttpResponse, RecursionError) as error:
            told = {"code": "parse_error", "message": "Send a JSON object."}
            answer = {"status": HTTPStatus.BAD_REQUEST, "errors": [told]}
            raise ImmediateHttpResponse(response=JsonResponse(answer, status=HTTPStatus.BAD_REQUEST)) from error


def careful(view: Any, **forms: Any) -> Any:
    return type(view.__name__, (Careful, view), forms)


Config = careful(ConfigView)
Session = careful(account.SessionView)
Login = careful(account.LoginView)
Signup = careful(account.SignupView, input_class={"POST": OurSignup})
VerifyEmail = careful(account.VerifyEmailView)
ResendEmail = careful(account.ResendEmailVerificationCodeView)
AskForReset = careful(account.RequestPasswordResetView, input_class=ResetPasswordForm)
Reset = careful(account.ResetPasswordView)
Reauthenticate = careful(account.ReauthenticateView)
Code = careful(mfa.AuthenticateView, input_class=CodeForm)
ReauthenticateByCode = careful(mfa.ReauthenticateView, input_class=ReauthenticateCodeForm)
Passkey = careful(mfa.AuthenticateWebAuthnView, input_class={"POST": UsePasskeyForm})
SignInByPasskey = careful(mfa.LoginWebAuthnView, input_class={"POST": SignInPasskeyForm})
ReauthenticateByPasskey = careful(mfa.ReauthenticateWebAuthnView, input_class={"POST": ReauthenticatePasskeyForm})

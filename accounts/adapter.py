from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any, ClassVar, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.urls import reverse

from accounts import services
from accounts.models import User
from accounts.outside.levels import is_linked
from accounts.security.current import session_id, signed_in_recently
from accounts.security.devices import device_of
from common.request_context import client_address
from integrations import mail
from integrations.nhs import login

logger = logging.getLogger(__name__)

WAYS = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use a code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}


class AccountAdapter(DefaultAccountAdapter):
    """allauth in our words, behind our proxies, through our mail."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account is closed.",
        "duplicate_email": "This is your email address already.",
        "email_password_mismatch": "The email address and the password do not match an account.",
        "email_taken": "There is an account with this email address already.",
        "enter_current_password": "Enter the password that you use now.",
        "incorrect_code": "This is not the code that we sent. Check the email and try again.",
        "incorrect_password": "This is not your password.",
        "rate_limited": "Please wait a moment before you ask again.",
        "same_as_current": "This is what it is already.",
        "too_many_login_attempts": "There were too many attempts. Wait five minutes and try again.",
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        address = client_address(request)
        if not address:
            raise PermissionDenied
        return address

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """As allauth's, which refuses here whoever has tried too often."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            services.sign_in_limited(email=str(credentials.get("email", "")), device=device_of(request))
            raise

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Of the account alone: allauth's holds the Host header too, and each port in that began to count anew."""
        return str(credentials.get("email", "")).strip().lower()

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """As allauth's; what was wrong is noted for the account's owner."""
        user = super().authenticate(request, **credentials)
        if user is None:
            email = str(credentials.get("email", ""))
            services.sign_in_refused(email=email, reason="password", device=device_of(request))
        return user

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """A new password ends what the old one opened: every token, and every session but the one it is set in."""
        request = context.request
        owner = cast("User", user)
        own = request is not None and request.user == owner
        services.password_replace(
            user=owner,
            password=password,
            actor=owner if own else None,
            except_session=session_id(request) if own else None,
        )

    def is_reauthentication_required(self, *, app: str, **_: Any) -> bool:
        """Whether we ask who somebody is once more; not of those who have only just signed in."""
        return not signed_in_recently(self.request) and super().is_reauthentication_required(app=app)

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        methods = super().get_reauthentication_methods(user)
        if isinstance(user, User) and login.is_offered() and is_linked(user):
            url = reverse("accounts:nhs_login_more", kwargs={"why": "again"})
            methods.append({"id": "nhs_login", "description": "Continue to NHS login", "url": url})
        return [{**method, "description": WAYS.get(method["id"], method["description"])} for method in methods]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send at once, not through the outbox: the person waits for the code, and it is good for minutes.

        A mail server that is away is said on the next page, which offers a new code. What we tell does not depend
        on whether the address has an account.
        """
        facts = {**context, "email": email, "site_name": settings.WAGTAIL_SITE_NAME, "base_url": settings.BASE_URL}
        message = self.render_mail(template_prefix, email, facts)
        try:
            mail.send(
                mail.Mail(to=email, subject=message.subject, text=mail.tidy(str(message.body)), html=_html_of(message))
            )
        except (OSError, SMTPException) as error:
            # Without the traceback: it quotes the person's address.
            logger.error("A mail of kind %s was not sent (%s)", template_prefix, type(error).__name__)  # noqa: TRY400
            apology = "We could not send the email just now. Ask for a new one in a few minutes."
            messages.error(self.request, apology)


def _html_of(message: Any) -> str:
    alternatives = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
    return next((str(content) for content, mimetype in alternatives if mimetype == "text/html"), "")

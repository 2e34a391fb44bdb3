from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any, ClassVar, cast

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest

from accounts import services
from accounts.models import User
from common.request_context import client_address
from integrations import mail

logger = logging.getLogger(__name__)


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

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """A new password ends what the old one opened: sessions by Django's hash in them, tokens here."""
        super().set_password(user, password)
        services.tokens_revoke(user=cast("User", user))

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

from __future__ import annotations

import logging
from ipaddress import ip_address
from typing import Any, ClassVar

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.http import HttpRequest

from accounts.models import User
from common.fields import DecryptionError, cipher

logger = logging.getLogger(__name__)


class TwoStepAdapter(DefaultMFAAdapter):
    """allauth's two-step sign-in in our words, with its secrets encrypted by FIELD_ENCRYPTION_KEYS."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "cannot_generate_recovery_codes": "Recovery codes belong to two-step sign-in. Set that up first.",
        "incorrect_code": "This code is not right. An app's code changes every 30 seconds; a recovery code works once.",
        "unverified_email": "Confirm your email address first.",
    }

    def encrypt(self, text: str) -> str:
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises `DecryptionError` rather than compare a code with ciphertext."""
        try:
            return cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            refusal = DecryptionError("the secrets of two-step sign-in")
            logger.error("%s", refusal)  # noqa: TRY400 - what was raised inside says nothing
            raise refusal from error

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        taken = Authenticator.objects.filter(user=user, type=type).count()
        return f"Passkey {taken + 1}" if taken else "Passkey"

    def get_totp_issuer(self) -> str:
        return settings.WAGTAIL_SITE_NAME

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": host_of(context.request), "name": settings.WAGTAIL_SITE_NAME}


def host_of(request: HttpRequest) -> str:
    """The name of this site without its port; an IPv6 address without its brackets."""
    host = request.get_host()
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def passkeys_possible(request: HttpRequest) -> bool:
    """Whether browsers offer passkeys here: never for a site that is reached by a bare address (WebAuthn 5.1.2)."""
    try:
        ip_address(host_of(request))
    except ValueError:
        return True
    return False

"""One-time notices ("Your details are saved."), encrypted, in a cookie of the name that safety asks for."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.core.signing import BadSignature, TimestampSigner

from common.fields import cipher


class Sealer(TimestampSigner):
    """Signs, and encrypts what it has signed: a notice may name a patient or an address."""

    def sign_object(self, obj: Any, *given: Any, **how: Any) -> str:
        return cipher().encrypt(super().sign_object(obj, *given, **how).encode()).decode()

    def unsign_object(self, signed_obj: str, *given: Any, **how: Any) -> Any:
        try:
            signed = cipher().decrypt(signed_obj.encode()).decode()
        except InvalidToken as error:
            raise BadSignature("Nothing of ours") from error
        return super().unsign_object(signed, *given, **how)


class SealedCookie(CookieStorage):
    """Django's, which calls it "messages" everywhere: without a prefix another host of the same name could set it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cookie_name = settings.MESSAGES_COOKIE_NAME
        self.signer = Sealer(salt=self.key_salt)


class Notices(FallbackStorage):
    """MESSAGE_STORAGE."""

    storage_classes = (SealedCookie, SessionStorage)

"""One-time notices ("Your details are saved."), in a cookie of the name that an installation's safety asks for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class NamedCookie(CookieStorage):
    """Django's, which calls it "messages" everywhere: without a prefix another host of the same name could set it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cookie_name = settings.MESSAGES_COOKIE_NAME


class Notices(FallbackStorage):
    """MESSAGE_STORAGE."""

    storage_classes = (NamedCookie, SessionStorage)

"""Texts to mobile phones, through whatever provider the installation has (SMS_PROVIDER); none unless set."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from integrations.sms import development, notify
from integrations.sms.errors import Refused, Unavailable

__all__ = ["Refused", "Text", "Unavailable", "is_set_up", "provider_is_away", "send"]


@dataclass(frozen=True, kw_only=True)
class Text:
    """One text to one number in E.164. `reference` is our id of it, which the provider keeps beside its own."""

    to: str
    body: str
    reference: str


def is_set_up() -> bool:
    """Whether this installation can send texts at all."""
    return bool(settings.SMS_PROVIDER)


def send(text: Text) -> None:
    """Hand one text to the provider; when this returns, it has taken it. Never call it inside a transaction.

    Raises `Unavailable` where there is no answer that counts, `Refused` where this one text is not taken.
    """
    if settings.SMS_PROVIDER == "notify":
        notify.send(to=text.to, body=text.body, reference=text.reference)
    elif settings.SMS_PROVIDER == "development":
        development.keep(to=text.to, body=text.body)
    else:
        raise Unavailable("no_provider")


def provider_is_away(error: Exception) -> bool:
    """Whether what `send` raised would meet any other text just now too."""
    return isinstance(error, Unavailable)

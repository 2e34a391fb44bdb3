from __future__ import annotations

from typing import Any

from anymail.signals import AnymailTrackingEvent, tracking
from django.dispatch import receiver

from integrations.mail.provider import news_from
from notifications import services


@receiver(tracking)
def mail_news(event: AnymailTrackingEvent, esp_name: str, **_: Any) -> None:
    """What the mail provider tells of a mail, once its webhook's password was right."""
    if news := news_from(event, esp_name):
        services.mail_news_receive(news=news)

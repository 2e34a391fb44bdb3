"""A provider that carries our mail and tells us what came back of it, by django-anymail."""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from prometheus_client import Counter

from common import clock

# The name in EMAIL_PROVIDER, the setting of its key, and who reads what it sends.
PROVIDERS: dict[str, tuple[str, Any]] = {
    "postmark": ("POSTMARK_SERVER_TOKEN", PostmarkTrackingWebhookView),
    "brevo": ("BREVO_API_KEY", BrevoTrackingWebhookView),
}
BOUNCED, COMPLAINED, DELIVERED = "bounce", "complaint", "delivered"
_TOLD = {
    EventType.BOUNCED: BOUNCED,
    EventType.COMPLAINED: COMPLAINED,
    EventType.DELIVERED: DELIVERED,
}
# In each provider's own fields, that no other try will arrive; whatever else they call a bounce is none to us.
_FOR_GOOD = (
    ("Type", "HardBounce"),
    ("SuppressionReason", "HardBounce"),
    ("event", "hard_bounce"),
    ("event", "invalid_email"),
)
# And what another may, as they are known to say it.
_PASSING = (("Type", "SoftBounce"), ("Type", "VirusNotification"), ("event", "soft_bounce"))
UNKNOWN = Counter("medconsult_bounces_unknown", "Bounces of a kind that we do not know.", ["provider"])

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class MailNews:
    """What became of a mail to an address: `what` is bounce (for good), complaint or delivered."""

    event_id: str
    what: str
    address: str
    at: datetime


def settings_of(provider: str, key: str, secrets: list[str]) -> dict[str, Any]:
    """Django's settings for this provider; none where mail leaves by EMAIL_URL."""
    if not provider:
        return {}
    name, _view = PROVIDERS[provider]
    anymail = {name: key, "WEBHOOK_SECRET": secrets, "REQUESTS_TIMEOUT": 10}
    return {"EMAIL_BACKEND": f"anymail.backends.{provider}.EmailBackend", "ANYMAIL": anymail}


def receive(request: HttpRequest) -> HttpResponse | None:
    """Take in what the provider sends, whose name and password are checked first; None where there is no provider.

    What it tells arrives as anymail's signal `tracking`; an error of whoever hears that is one of ours: it sends again.
    """
    if settings.EMAIL_PROVIDER not in PROVIDERS or not settings.EMAIL_WEBHOOK_SECRETS:
        return None
    _name, view = PROVIDERS[settings.EMAIL_PROVIDER]
    try:
        request.body.decode()
        answer: HttpResponse = view.as_view()(request)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        # It cannot be read, and no second time will make it readable.
        return HttpResponseBadRequest()
    return answer


def news_from(event: AnymailTrackingEvent, provider: str) -> MailNews | None:
    """The event in our words; None for one that changes nothing, such as that a mail was opened."""
    what = _TOLD.get(event.event_type)
    if not what or not event.recipient or (what == BOUNCED and not _is_for_good(event, provider)):
        return None
    at = event.timestamp or clock.now()
    named = event.event_id or hashlib.sha256(f"{what} {event.recipient} {at:%s}".encode()).hexdigest()
    return MailNews(event_id=f"{provider}:{what}:{named}"[:255], what=what, address=event.recipient, at=at)


def _is_for_good(event: AnymailTrackingEvent, provider: str) -> bool:
    """What we do not know silences nobody: it is counted, and named in the log."""
    said = event.esp_event if isinstance(event.esp_event, dict) else {}
    if any(said.get(name) == value for name, value in _FOR_GOOD):
        return True
    if not any(said.get(name) == value for name, value in _PASSING):
        UNKNOWN.labels(provider).inc()
        logger.warning("A bounce of a kind that we do not know came from %s: %s", provider, _kind_of(said))
    return False


def _kind_of(said: dict[str, Any]) -> str:
    """By its letters alone, and not many of them: nothing that could be an address, or a line of its own."""
    named = next((said[name] for name in ("Type", "event") if name in said), "none named")
    return re.sub(r"[^A-Za-z_ -]", "", str(named))[:40]


def is_away(error: Exception) -> bool:
    """Whether the provider would take no other mail just now either: no answer, too many, or broken."""
    status = getattr(error, "status_code", None)
    return status is None or status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR

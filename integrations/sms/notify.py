"""GOV.UK Notify, by its HTTP API (version 2): an HS256 token made of the key, one template whose text is `((body))`.

https://docs.notifications.service.gov.uk/rest-api.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import requests
from django.conf import settings

from common import clock
from integrations.sms.errors import Refused, Unavailable

API_BASE = "https://api.notifications.service.gov.uk"
SECONDS = 10
_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
# The key's name, the service's id, the secret.
_KEY = re.compile(rf".+-({_UUID})-({_UUID})", re.IGNORECASE)


@dataclass(frozen=True)
class Key:
    service: str
    secret: str


def key_from(text: str) -> Key | None:
    """The two halves of a key as Notify shows it once; None for what is no key."""
    found = _KEY.fullmatch(text)
    return Key(*found.groups()) if found else None


def send(*, to: str, body: str, reference: str) -> None:
    """Ask Notify to send it. Raises `Unavailable` or `Refused`."""
    key = key_from(settings.SMS_NOTIFY_KEY)
    if key is None:
        raise Unavailable("no_key")
    order = {
        "phone_number": to,
        "template_id": settings.SMS_NOTIFY_TEMPLATE,
        "personalisation": {"body": body},
        "reference": reference,
    }
    try:
        answer = requests.post(
            f"{settings.SMS_NOTIFY_BASE}/v2/notifications/sms",
            json=order,
            headers={"Authorization": f"Bearer {token(key)}"},
            timeout=SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise Unavailable(type(error).__name__) from None
    _check(answer.status_code)


def _check(status: int) -> None:
    """400 is about this one text; a key that is not known (403), limits (429) and 5xx would meet any other."""
    if status == HTTPStatus.CREATED:
        return
    if status == HTTPStatus.BAD_REQUEST:
        raise Refused(str(status))
    raise Unavailable(str(status))


def token(key: Key) -> str:
    """A JWT as Notify wants it: who asks, and when; it is refused when it is more than 30 seconds old."""
    claims = {"iss": key.service, "iat": int(clock.now().timestamp())}
    signed = f"{_part({'typ': 'JWT', 'alg': 'HS256'})}.{_part(claims)}"
    signature = hmac.new(key.secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_base64(signature)}"


def _part(content: dict[str, Any]) -> str:
    return _base64(json.dumps(content, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

"""The only place where a provider is called: with an end, over TLS, and never to where a redirect leads."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests

from integrations.oidc.errors import ProviderAway

# To connect, and between two pieces of an answer.
SECONDS = (3.05, 5)
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def is_secure(url: str) -> bool:
    """Whether secrets may go there: TLS, or this very machine, where the provider of a test runs."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def get_json(url: str, *, bearer: str = "") -> dict[str, Any]:
    """Raises `ProviderAway`."""
    return _json("GET", url, headers={"Authorization": f"Bearer {bearer}"} if bearer else {})


def post_form(url: str, fields: Mapping[str, str], *, headers: Mapping[str, str]) -> dict[str, Any]:
    """Raises `ProviderAway`."""
    return _json("POST", url, data=dict(fields), headers=dict(headers))


def _json(method: str, url: str, *, headers: dict[str, str], **more: Any) -> dict[str, Any]:
    if not is_secure(url):
        raise ProviderAway(f"{urlsplit(url).hostname} is not asked without TLS")
    said = {"Accept": "application/json", **headers}
    try:
        answer = requests.request(method, url, headers=said, timeout=SECONDS, allow_redirects=False, **more)
        if answer.status_code != HTTPStatus.OK:
            raise ProviderAway(f"{urlsplit(url).hostname} answered {answer.status_code}")
        found = answer.json()
    except requests.RequestException as error:
        # Without its text: an address may hold what a person sent.
        raise ProviderAway(f"{urlsplit(url).hostname}: {type(error).__name__}") from None
    if not isinstance(found, dict):
        raise ProviderAway(f"{urlsplit(url).hostname} answered no object")
    return found

"""The only place where a provider is called: with an end, over TLS, and never to where a redirect leads."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NewConnectionError

from integrations.oidc.errors import GrantOver, ProviderAway

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
    """Raises `GrantOver` and `ProviderAway`."""
    return _json("POST", url, data=dict(fields), headers=dict(headers))


def _json(method: str, url: str, *, headers: dict[str, str], **more: Any) -> dict[str, Any]:
    if not is_secure(url):
        raise ProviderAway(f"{urlsplit(url).hostname} is not asked without TLS")
    said, acts = {"Accept": "application/json", **headers}, method == "POST"
    try:
        answer = requests.request(method, url, headers=said, timeout=SECONDS, allow_redirects=False, **more)
        if answer.status_code == HTTPStatus.BAD_REQUEST and _error_of(answer) == "invalid_grant":
            raise GrantOver
        if answer.status_code != HTTPStatus.OK:
            is_fault = answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
            raise ProviderAway(
                f"{urlsplit(url).hostname} answered {answer.status_code}", may_have_acted=acts and is_fault
            )
        found = answer.json()
    except requests.RequestException as error:
        # Without its text: an address may hold what a person sent.
        told, was_heard = f"{urlsplit(url).hostname}: {type(error).__name__}", not _never_connected(error)
        raise ProviderAway(told, may_have_acted=acts and was_heard) from None
    if not isinstance(found, dict):
        raise ProviderAway(f"{urlsplit(url).hostname} answered no object", may_have_acted=acts)
    return found


def _error_of(answer: requests.Response) -> Any:
    try:
        said = answer.json()
    except requests.JSONDecodeError:
        return None
    return said.get("error") if isinstance(said, dict) else None


def _never_connected(error: requests.RequestException) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)

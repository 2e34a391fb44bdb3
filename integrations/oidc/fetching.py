"""The only place where a provider is called: with an end, over TLS, and never to where a redirect leads."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NewConnectionError

from integrations.oidc.errors import ClientRefused, GrantOver, ProviderAway

# To connect, and between two pieces of an answer.
SECONDS = (3.05, 5)
# By which a token endpoint says that it gives nothing for this person any more: RFC 6749, 5.2 and 4.1.2.1, and OpenID
# Connect Core 1.0, 3.1.2.6, whose words Entra has here too: who was barred, or has to do something there first.
ENDED = frozenset(
    {
        "invalid_grant",
        "access_denied",
        "interaction_required",
        "login_required",
        "consent_required",
        "account_selection_required",
    }
)
# And that the fault is ours, whoever it is about (RFC 6749, 5.2).
OURS = frozenset(
    {"invalid_client", "unauthorized_client", "invalid_request", "unsupported_grant_type", "invalid_scope"}
)
# 400 by the standard; 401 of a client, and 403 of somebody who was blocked there (Auth0).
REFUSING = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def is_secure(url: str) -> bool:
    """Whether secrets may go there: TLS, or this very machine, where the provider of a test runs."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def get_json(url: str, *, bearer: str = "") -> dict[str, Any]:
    """Raises `ProviderAway`."""
    return _json("GET", url, headers={"Authorization": f"Bearer {bearer}"} if bearer else {})


def post_form(url: str, fields: Mapping[str, str], *, headers: Mapping[str, str]) -> dict[str, Any]:
    """Raises `GrantOver`, `ClientRefused` and `ProviderAway`."""
    return _json("POST", url, data=dict(fields), headers=dict(headers))


def _json(method: str, url: str, *, headers: dict[str, str], **more: Any) -> dict[str, Any]:
    if not is_secure(url):
        raise ProviderAway("a provider is not asked without TLS")
    said, acts, host = {"Accept": "application/json", **headers}, method == "POST", urlsplit(url).hostname
    try:
        answer = requests.request(method, url, headers=said, timeout=SECONDS, allow_redirects=False, **more)
    except requests.RequestException as error:
        # Without its text: an address may hold what a person sent.
        may_have_acted = acts and not _never_connected(error)
        raise ProviderAway(f"{host}: {type(error).__name__}", may_have_acted=may_have_acted) from None
    found = _object_in(answer)
    if acts and answer.status_code in REFUSING:
        _assert_not_refused(host, found)
    if answer.status_code != HTTPStatus.OK:
        is_fault = answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        raise ProviderAway(f"{host} answered {answer.status_code}", may_have_acted=acts and is_fault)
    if found is None:
        raise ProviderAway(f"{host} answered no object", may_have_acted=acts)
    return found


def _assert_not_refused(host: str | None, found: dict[str, Any] | None) -> None:
    word = found.get("error") if found else None
    if not isinstance(word, str):
        return
    if word in ENDED:
        raise GrantOver
    if word in OURS:
        raise ClientRefused(f"{host} refuses us: {word}")


def _object_in(answer: requests.Response) -> dict[str, Any] | None:
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _never_connected(error: requests.RequestException) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)

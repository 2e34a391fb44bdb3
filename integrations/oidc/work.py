"""The sign-in that who works here has already (Entra, Keycloak, …); off unless settings.WORK_LOGIN knows of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings

from integrations.oidc.client import Attempt, Begun, Client, SignedIn, Tokens, address_in
from integrations.oidc.client_proofs import SecretBasic

# What such providers sign with; never what a secret that both sides know could make.
ALGORITHMS = ("RS256", "PS256", "ES256")
# The subject, the address that our page names, and a refresh token that outlives the browser's sign-in there.
SCOPES = ("openid", "email", "offline_access")


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """How an installation is known to the provider, and what people call it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = "work account"


def is_offered() -> bool:
    return settings.WORK_LOGIN is not None


def name() -> str:
    """What people call it; the usual word where none is offered."""
    known: Configuration | None = settings.WORK_LOGIN
    return known.name if known else Configuration.name


def begin(*, redirect_uri: str) -> Begun:
    """Where to send somebody who works here. Raises `ProviderAway`."""
    return _client().begin(redirect_uri=redirect_uri, scopes=SCOPES)


def finish(attempt: Attempt, answer: Mapping[str, str]) -> SignedIn:
    """Who came back. It calls the provider: never inside a database transaction.

    Raises `NotGiven`, `AnswerRefused` and `ProviderAway`.
    """
    return _client().finish(attempt, answer)


def address_of(person: SignedIn) -> str:
    """What the provider says their address is: to be shown, and proof of nothing. Raises `AnswerRefused`."""
    return address_in(person.claims)


def refresh(refresh_token: str, *, subject: str) -> Tokens:
    """As `Client.refresh`: the provider still stands for this person, or raises `GrantOver`."""
    return _client().refresh(refresh_token, subject=subject)


def _client() -> Client:
    known: Configuration = settings.WORK_LOGIN
    proof = SecretBasic(known.client_secret)
    return Client(issuer=known.issuer, client_id=known.client_id, proof=proof, algorithms=ALGORITHMS)

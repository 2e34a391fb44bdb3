"""Signing in at somebody else's, by OpenID Connect: the same for every provider (docs/decisions/0040)."""

from __future__ import annotations

from integrations.oidc.client import Attempt, Begun, Client, SignedIn, Tokens, address_in
from integrations.oidc.client_proofs import PrivateKeyJwt, SecretBasic
from integrations.oidc.errors import AnswerRefused, ClientRefused, GrantOver, NotGiven, ProviderAway

__all__ = [
    "AnswerRefused",
    "Attempt",
    "Begun",
    "Client",
    "ClientRefused",
    "GrantOver",
    "NotGiven",
    "PrivateKeyJwt",
    "ProviderAway",
    "SecretBasic",
    "SignedIn",
    "Tokens",
    "address_in",
]

"""What a provider publishes about itself (OpenID Connect Discovery 1.0) and the keys that it signs with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from integrations.oidc.errors import ProviderAway
from integrations.oidc.fetching import get_json, is_secure
from integrations.oidc.remembering import Remembered

PATH = "/.well-known/openid-configuration"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OPTIONAL = ("userinfo_endpoint",)


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """The addresses of a provider; `userinfo_endpoint` is empty where it has none."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""


def metadata_of(issuer: str) -> Metadata:
    """Raises `ProviderAway`."""
    return _described(issuer).get()


def key_of(metadata: Metadata, kid: str | None) -> Key | None:
    """The key of that name; one that is not known is asked for once more. Raises `ProviderAway`.

    A token without a name of a key is read only where there is one key that it can be.
    """
    published = _published(metadata.jwks_uri)
    return _named(published.get(), kid) or _named(published.get_anew(), kid)


def _named(keys: KeySet, kid: str | None) -> Key | None:
    found = [one for one in keys.keys if _signs(one) and kid in {None, one.kid}]
    return found[0] if len(found) == 1 else None


def _signs(key: Key) -> bool:
    # A symmetric key among published ones would be known to everybody.
    return key.key_type in {"RSA", "EC"} and key.get("use") in {None, "sig"}


@cache
def _described(issuer: str) -> Remembered[Metadata]:
    return Remembered(lambda: _read(issuer, get_json(f"{issuer.rstrip('/')}{PATH}")))


@cache
def _published(jwks_uri: str) -> Remembered[KeySet]:
    return Remembered(lambda: _keys(get_json(jwks_uri)))


def _read(issuer: str, said: dict[str, Any]) -> Metadata:
    """The issuer must be the one who was asked, to the letter (Discovery 1.0, 4.3)."""
    if said.get("issuer") != issuer:
        raise ProviderAway("the provider calls itself by another name")
    wanted = [*ENDPOINTS, *(name for name in OPTIONAL if said.get(name))]
    addresses = {name: str(said.get(name)) for name in wanted}
    if not all(map(is_secure, addresses.values())):
        raise ProviderAway("the provider names an address that is none, or without TLS")
    return Metadata(issuer=issuer, **addresses)


def _keys(said: dict[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set(said)  # type: ignore[arg-type]
    except (JoseError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ProviderAway("the provider's keys cannot be read") from error

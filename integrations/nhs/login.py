"""NHS login (https://nhsconnect.github.io/nhslogin/), off unless settings.NHS_LOGIN says how we are known there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from joserfc.jwk import RSAKey

from integrations.nhs.levels import Level, asked_for, level_given
from integrations.oidc import AnswerRefused, Attempt, Begun, Client, PrivateKeyJwt, SignedIn, address_in

ALGORITHM = "RS512"
LEAST_BITS = 2048
# The least that does: the subject; and the address where an account may have to be made for it.
WHO = ("openid",)
WHO_AND_ADDRESS = ("openid", "email")
REFUSED = ("access_denied", "ConsentNotGiven")


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """How an installation is known to NHS login, and what it demands of whom."""

    issuer: str
    client_id: str
    private_key: RSAKey = field(repr=False)
    records_level: Level = Level.P9
    booking_level: Level = Level.P0
    binds_linked: bool = False
    """Whether an account that is connected needs these levels however it was signed in to."""


@dataclass(frozen=True, kw_only=True)
class Verified:
    """Somebody whom NHS login has recognised. `email` is empty unless it is confirmed there, and was asked for."""

    subject: str
    level: Level
    email: str = ""


def is_offered() -> bool:
    return settings.NHS_LOGIN is not None


def begin(*, redirect_uri: str, level: Level, with_address: bool, again: bool) -> Begun:
    """Where to send somebody who is to be recognised at least at `level`; `again` has them prove themselves anew.

    Raises `ProviderAway`.
    """
    more = {"prompt": "login"} if again else {}
    scopes = WHO_AND_ADDRESS if with_address else WHO
    return _client().begin(redirect_uri=redirect_uri, scopes=scopes, vtr=asked_for(level), **more)


def finish(attempt: Attempt, answer: Mapping[str, str], *, level: Level, with_address: bool, again: bool) -> Verified:
    """Who came back, as `begin` was asked. It calls NHS login: never inside a database transaction.

    Raises `NotGiven`, `AnswerRefused` (also where the level is not what was asked) and `ProviderAway`.
    """
    client = _client()
    person = client.finish(attempt, answer, proved_anew=again)
    given = level_given(person.claims.get("vot"), level)
    if given is None:
        raise AnswerRefused("level")
    return Verified(subject=person.subject, level=given, email=_address(client, person) if with_address else "")


def _address(client: Client, person: SignedIn) -> str:
    said = client.ask_about(person)
    email, verified = address_in(said), said.get("email_verified")
    return email if verified is True or verified == "true" else ""


def _client() -> Client:
    return _client_of(settings.NHS_LOGIN)


def _client_of(known: Configuration) -> Client:
    return Client(
        issuer=known.issuer,
        client_id=known.client_id,
        proof=PrivateKeyJwt(known.private_key, ALGORITHM),
        algorithms=(ALGORITHM,),
    )


def key_from(pem: str) -> RSAKey:
    """The private key that NHS login knows the public half of. Raises `ValueError` for what is none, or too short."""
    key = RSAKey.import_key(pem)
    if not key.is_private or key.raw_value.key_size < LEAST_BITS:
        raise ValueError(f"it is no private RSA key of {LEAST_BITS} bits")
    return key

"""The checks of an ID token (OpenID Connect Core 1.0, 3.1.3.7), each with the word by which a refusal is noted.

Nothing that a token says about itself decides how it is checked: the algorithms are ours, and so are the keys.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import new as new_hash
from math import isfinite
from typing import Any, NamedTuple

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key

from integrations.oidc.errors import AnswerRefused

# Seconds by which clocks may differ.
LEEWAY = 60
# A token is read when it was made: one that is older was kept by somebody.
LONGEST_AGE = 10 * 60
LONGEST_SUBJECT = 255
KINDS = {"RS": "RSA", "PS": "RSA", "ES": "EC"}


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a token must say. `proved_since` (seconds of 1970) is when the person was asked to prove themselves anew.

    `nonce` is None, and `subject` somebody, of a token that comes with a refresh (Core, 12.2): nobody was sent there.
    """

    issuer: str
    client_id: str
    nonce: str | None
    algorithms: tuple[str, ...]
    proved_since: int | None = None
    subject: str | None = None


class Signed(NamedTuple):
    claims: dict[str, Any]
    algorithm: str


def verify(
    id_token: str, *, key_of: Callable[[str | None], Key | None], expected: Expected, access_token: str, now: float
) -> dict[str, Any]:
    """The claims of a token that is good in every respect. `now` in seconds of 1970. Raises `AnswerRefused`."""
    signed = _signed(id_token, key_of, expected.algorithms)
    claims = signed.claims
    _check_who(claims, expected)
    _check_when(claims, expected, now)
    if expected.nonce is not None and not _same(claims.get("nonce"), expected.nonce):
        raise AnswerRefused("nonce")
    if "at_hash" in claims and not _same(claims["at_hash"], hash_of(access_token, signed.algorithm)):
        raise AnswerRefused("at_hash")
    return claims


def hash_of(access_token: str, algorithm: str) -> str:
    """The left half of the token's hash, by the algorithm's own (Core, 3.1.3.6)."""
    digest = new_hash(f"sha{algorithm[2:]}", access_token.encode()).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _signed(id_token: str, key_of: Callable[[str | None], Key | None], algorithms: tuple[str, ...]) -> Signed:
    try:
        header = jws.extract_compact(id_token.encode()).headers()
    except (JoseError, ValueError) as error:
        raise AnswerRefused("format") from error
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in algorithms:
        raise AnswerRefused("algorithm")
    if "crit" in header:
        raise AnswerRefused("crit")
    if kid is not None and not isinstance(kid, str):
        raise AnswerRefused("key")
    key = key_of(kid)
    if key is None or key.key_type != KINDS.get(algorithm[:2]) or key.get("alg") not in {None, algorithm}:
        raise AnswerRefused("key")
    try:
        payload = jws.deserialize_compact(id_token, key, algorithms=list(algorithms)).payload
    except (JoseError, ValueError) as error:
        raise AnswerRefused("signature") from error
    return Signed(_claims(payload), algorithm)


def _claims(payload: bytes) -> dict[str, Any]:
    try:
        claims = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise AnswerRefused("format") from error
    if not isinstance(claims, dict):
        raise AnswerRefused("format")
    return claims


def _check_who(claims: dict[str, Any], expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise AnswerRefused("issuer")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if expected.client_id not in audiences:
        raise AnswerRefused("audience")
    # Whoever else it is for must not be able to use it here: then it says that it was made for us.
    if claims.get("azp", None if len(audiences) > 1 else expected.client_id) != expected.client_id:
        raise AnswerRefused("authorised_party")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not is_plain(subject):
        raise AnswerRefused("subject")
    if expected.subject is not None and subject != expected.subject:
        raise AnswerRefused("another_person")


def _check_when(claims: dict[str, Any], expected: Expected, now: float) -> None:
    expires, issued = _instant(claims, "exp", "expiry"), _instant(claims, "iat", "issued_at")
    if now >= expires + LEEWAY:
        raise AnswerRefused("expiry")
    if not now - LONGEST_AGE <= issued <= now + LEEWAY:
        raise AnswerRefused("issued_at")
    if "nbf" in claims and _instant(claims, "nbf", "not_before") > now + LEEWAY:
        raise AnswerRefused("not_before")
    if (
        expected.proved_since is not None
        and _instant(claims, "auth_time", "auth_time") < expected.proved_since - LEEWAY
    ):
        raise AnswerRefused("auth_time")


def _instant(claims: dict[str, Any], name: str, reason: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise AnswerRefused(reason)
    try:
        instant = float(value)
    except OverflowError as error:
        # Of more digits than a float bears.
        raise AnswerRefused(reason) from error
    if not isfinite(instant):
        raise AnswerRefused(reason)
    return instant


def _same(found: Any, expected: str) -> bool:
    return isinstance(found, str) and is_plain(found) and hmac.compare_digest(found, expected)


def is_plain(text: str) -> bool:
    """Of the letters alone that subjects and tokens are made of (RFC 6749, A.12): what JSON can say beside them, such
    as half a letter or a zero byte, nothing behind us can keep or compare."""
    return text.isascii() and text.isprintable()

"""How we prove to a provider's token endpoint who we are (OpenID Connect Core 1.0, 9)."""

from __future__ import annotations

import secrets
import time
from base64 import b64encode
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from urllib.parse import quote_plus

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# Seconds for which an assertion is good: it is made for one request.
GOOD_FOR = 60


class Proof(NamedTuple):
    """What goes with a request: form fields and headers."""

    fields: dict[str, str]
    headers: dict[str, str]


class ClientProof(Protocol):
    def of(self, *, client_id: str, token_endpoint: str) -> Proof:
        """The proof for one request to that address."""


@dataclass(frozen=True)
class SecretBasic:
    """`client_secret_basic`."""

    secret: str = field(repr=False)

    def of(self, *, client_id: str, token_endpoint: str) -> Proof:
        pair = f"{quote_plus(client_id)}:{quote_plus(self.secret)}"
        return Proof({}, {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"})


@dataclass(frozen=True)
class PrivateKeyJwt:
    """`private_key_jwt`: an assertion signed anew for each request, good for a minute and for that address alone."""

    key: RSAKey | ECKey = field(repr=False)
    algorithm: str

    def of(self, *, client_id: str, token_endpoint: str) -> Proof:
        now = int(time.time())
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": token_endpoint,
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + GOOD_FOR,
        }
        header = {"alg": self.algorithm, "typ": "JWT"} | ({"kid": self.key.kid} if self.key.kid else {})
        signed = jwt.encode(header, claims, self.key, algorithms=[self.algorithm])
        return Proof({"client_id": client_id, "client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}, {})

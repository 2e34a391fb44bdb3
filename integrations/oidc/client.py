from __future__ import annotations

import hmac
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import urlencode

from integrations.oidc import discovery, tokens
from integrations.oidc.client_proofs import ClientProof
from integrations.oidc.errors import AnswerRefused, NotGiven, ProviderAway
from integrations.oidc.fetching import get_json, post_form

# Seconds that somebody may take at the provider's.
LONGEST_ATTEMPT = 60 * 60


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What the session of whoever goes to the provider must keep until they come back."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    started_at: int

    def kept(self) -> dict[str, Any]:
        """As JSON: `Attempt(**kept)` is the same again."""
        return asdict(self)


class Begun(NamedTuple):
    url: str
    attempt: Attempt


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Who came back: the claims of a checked ID token, and the access token by which more may be asked."""

    claims: dict[str, Any]
    access_token: str

    @property
    def subject(self) -> str:
        return str(self.claims["sub"])


@dataclass(frozen=True, kw_only=True)
class Client:
    """We, as a provider knows us. The code flow with PKCE alone; nothing of it inside a database transaction."""

    issuer: str
    client_id: str
    proof: ClientProof
    algorithms: tuple[str, ...]

    def begin(self, *, redirect_uri: str, scopes: tuple[str, ...], **parameters: str) -> Begun:
        """Where to send the browser, and what its session keeps. Raises `ProviderAway`."""
        attempt = Attempt(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            redirect_uri=redirect_uri,
            started_at=int(time.time()),
        )
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(scopes),
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge_of(attempt.verifier),
            "code_challenge_method": "S256",
            **parameters,
        }
        endpoint = discovery.metadata_of(self.issuer).authorization_endpoint
        return Begun(f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}", attempt)

    def finish(self, attempt: Attempt, answer: Mapping[str, str], *, proved_anew: bool = False) -> SignedIn:
        """Who stands behind the query that the browser brought back.

        `proved_anew` wants the provider to say that they proved themselves since the attempt began. Raises `NotGiven`,
        `AnswerRefused` and `ProviderAway`.
        """
        code = self._code_in(attempt, answer)
        metadata = discovery.metadata_of(self.issuer)
        proof = self.proof.of(client_id=self.client_id, token_endpoint=metadata.token_endpoint)
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": attempt.redirect_uri,
            "code_verifier": attempt.verifier,
            **proof.fields,
        }
        given = post_form(metadata.token_endpoint, fields, headers=proof.headers)
        access_token, id_token = given.get("access_token"), given.get("id_token")
        if not isinstance(access_token, str) or not isinstance(id_token, str):
            raise AnswerRefused("no_token")
        expected = tokens.Expected(
            issuer=self.issuer,
            client_id=self.client_id,
            nonce=attempt.nonce,
            algorithms=self.algorithms,
            proved_since=attempt.started_at if proved_anew else None,
        )
        claims = tokens.verify(
            id_token,
            key_of=lambda kid: discovery.key_of(metadata, kid),
            expected=expected,
            access_token=access_token,
            now=time.time(),
        )
        return SignedIn(claims=claims, access_token=access_token)

    def ask_about(self, person: SignedIn) -> dict[str, Any]:
        """What the provider's user info says of them. Raises `ProviderAway`, and `AnswerRefused` of somebody else's."""
        endpoint = discovery.metadata_of(self.issuer).userinfo_endpoint
        if not endpoint:
            raise ProviderAway("the provider has no user info")
        said = get_json(endpoint, bearer=person.access_token)
        if said.get("sub") != person.subject:
            raise AnswerRefused("user_info_subject")
        return said

    def _code_in(self, attempt: Attempt, answer: Mapping[str, str]) -> str:
        if not hmac.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise AnswerRefused("state")
        if time.time() - attempt.started_at > LONGEST_ATTEMPT:
            raise AnswerRefused("too_late")
        # RFC 9207: of two providers, the one who answers says who it is.
        if answer.get("iss", self.issuer) != self.issuer:
            raise AnswerRefused("issuer")
        if "error" in answer:
            raise NotGiven(answer["error"], answer.get("error_description", ""))
        if not answer.get("code"):
            raise AnswerRefused("no_code")
        return answer["code"]


def challenge_of(verifier: str) -> str:
    """PKCE's S256 (RFC 7636, 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()

from __future__ import annotations

import hmac
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import urlencode

from integrations.oidc import discovery, tokens
from integrations.oidc.client_proofs import ClientProof
from integrations.oidc.errors import AnswerRefused, GrantOver, NotGiven, ProviderAway
from integrations.oidc.fetching import get_json, post_form

# Seconds that somebody may take at the provider's.
LONGEST_ATTEMPT = 60 * 60
# Seconds for which a token is taken to be good whose provider does not say.
GOOD_FOR = 5 * 60
# And for as long as that whatever it says.
LONGEST_SAID = 24 * 60 * 60
LONGEST_ADDRESS = 254


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
class Tokens:
    """What a provider gives beside an ID token; good for some seconds. It need not give a refresh token.

    Whoever keeps them keeps them encrypted; they are in no `repr`, so that none gets into a log.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    good_for: int = GOOD_FOR


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Who came back: the claims of a checked ID token, and the tokens by which more may be asked."""

    claims: dict[str, Any] = field(repr=False)
    tokens: Tokens

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
        fields = {
            "grant_type": "authorization_code",
            "code": self._code_in(attempt, answer),
            "redirect_uri": attempt.redirect_uri,
            "code_verifier": attempt.verifier,
        }
        try:
            given = self._ask(fields)
        except GrantOver as error:
            raise AnswerRefused("code") from error
        proved_since = attempt.started_at if proved_anew else None
        claims = self._claims(given, nonce=attempt.nonce, proved_since=proved_since)
        return SignedIn(claims=claims, tokens=_tokens(given))

    def refresh(self, refresh_token: str, *, subject: str) -> Tokens:
        """What the provider gives of this person for a refresh token, which counts once.

        From then on the one in the answer counts; it is the same where the provider gives no other. Whoever asks makes
        sure that nobody else does meanwhile. Raises `GrantOver`, `AnswerRefused` (it is used up), and `ProviderAway`,
        which says whether it may be.
        """
        given = self._ask({"grant_type": "refresh_token", "refresh_token": refresh_token})
        found = _tokens(given)
        if "id_token" in given:
            try:
                self._claims(given, nonce=None, subject=subject)
            except ProviderAway as error:
                raise ProviderAway(str(error), may_have_acted=True) from error
        return found if found.refresh_token else replace(found, refresh_token=refresh_token)

    def ask_about(self, person: SignedIn) -> dict[str, Any]:
        """What the provider's user info says of them. Raises `ProviderAway`, and `AnswerRefused` of somebody else's."""
        endpoint = discovery.metadata_of(self.issuer).userinfo_endpoint
        if not endpoint:
            raise ProviderAway("the provider has no user info")
        said = get_json(endpoint, bearer=person.tokens.access_token)
        if said.get("sub") != person.subject:
            raise AnswerRefused("user_info_subject")
        return said

    def _ask(self, fields: dict[str, str]) -> dict[str, Any]:
        """What the token endpoint gives for a grant."""
        endpoint = discovery.metadata_of(self.issuer).token_endpoint
        proof = self.proof.of(client_id=self.client_id, token_endpoint=endpoint)
        return post_form(endpoint, {**fields, **proof.fields}, headers=proof.headers)

    def _claims(self, given: dict[str, Any], **wanted: Any) -> dict[str, Any]:
        access_token, id_token = _tokens(given).access_token, given.get("id_token")
        if not isinstance(id_token, str):
            raise AnswerRefused("no_token")
        metadata = discovery.metadata_of(self.issuer)
        expected = tokens.Expected(issuer=self.issuer, client_id=self.client_id, algorithms=self.algorithms, **wanted)
        return tokens.verify(
            id_token,
            key_of=lambda kid: discovery.key_of(metadata, kid),
            expected=expected,
            access_token=access_token,
            now=time.time(),
        )

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


def _tokens(given: dict[str, Any]) -> Tokens:
    access_token, refresh_token = _token(given.get("access_token")), _token(given.get("refresh_token", ""))
    said = given.get("expires_in")
    good_for = min(said, LONGEST_SAID) if type(said) is int and said > 0 else GOOD_FOR
    return Tokens(access_token=access_token, refresh_token=refresh_token, good_for=good_for)


def _token(value: object) -> str:
    if not isinstance(value, str) or not tokens.is_plain(value):
        raise AnswerRefused("no_token")
    return value


def address_in(claims: Mapping[str, Any]) -> str:
    """The `email` among somebody's claims, which proves nothing by itself; empty without one.

    Raises `AnswerRefused` for what can be no address.
    """
    email = claims.get("email")
    if email is None:
        return ""
    if not isinstance(email, str) or not email.isprintable() or len(email) > LONGEST_ADDRESS:
        raise AnswerRefused("address")
    return email


def challenge_of(verifier: str) -> str:
    """PKCE's S256 (RFC 7636, 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()

"""Every way in which an ID token can be wrong that we could think of, and that each is seen for what it is."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, Key, RSAKey

from integrations.oidc import AnswerRefused
from integrations.oidc.tokens import LEEWAY, LONGEST_AGE, Expected, hash_of, verify

NOW = 1_800_000_000
ISSUER, CLIENT, NONCE, ACCESS = "https://login.example", "clinic", "n-0S6", "an-access-token"
OURS = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHERS = RSAKey.generate_key(2048, {"kid": "one"})
CURVE = ECKey.generate_key("P-521", {"kid": "curve"})
FOR_PS = RSAKey.import_key({**OURS.as_dict(private=True), "kid": "ps", "alg": "PS512"})
KEYS: dict[str | None, Key] = {"one": OURS, "curve": CURVE, "ps": FOR_PS}
EXPECTED = Expected(issuer=ISSUER, client_id=CLIENT, nonce=NONCE, algorithms=("RS512",), proved_since=NOW - 100)
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "sub": "somebody",
    "aud": CLIENT,
    "exp": NOW + 300,
    "iat": NOW - 5,
    "auth_time": NOW - 10,
    "nonce": NONCE,
    "at_hash": hash_of(ACCESS, "RS512"),
}
GONE = object()


def signed(key: Key = OURS, header: dict[str, Any] | None = None, payload: str | None = None, **claims: Any) -> str:
    said = {name: value for name, value in (CLAIMS | claims).items() if value is not GONE}
    head = {"alg": "RS512", "kid": "one"} | (header or {})
    return jws.serialize_compact(
        head,
        payload or json.dumps(said),
        key,
        registry=jws.JWSRegistry(algorithms=[head["alg"]], strict_check_header=False),
    )


def part(said: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()


def unsigned() -> str:
    return f"{part({'alg': 'none', 'kid': 'one'})}.{part(CLAIMS)}."


def by_public_key(algorithm: str) -> str:
    """By hand: the library refuses to make one."""
    signing_input = f"{part({'alg': algorithm, 'kid': 'one'})}.{part(CLAIMS)}"
    digest = hmac.new(OURS.as_pem(private=False), signing_input.encode(), f"sha{algorithm[2:]}").digest()
    return f"{signing_input}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def changed_afterwards() -> str:
    head, _, signature = signed().split(".")
    return f"{head}.{part(CLAIMS | {'sub': 'somebody else'})}.{signature}"


def with_critical() -> str:
    head = {"alg": "RS512", "kid": "one", "crit": ["exp"], "exp": NOW}
    return f"{part(head)}.{signed().split('.', 1)[1]}"


class Bad(NamedTuple):
    what: str
    make: Callable[[], str]
    reason: str


BAD = [
    Bad("no token at all", lambda: "not-a-token", "format"),
    Bad("five parts, as an encrypted one has", lambda: f"{signed()}.e.e", "format"),
    Bad("a header that is no JSON", lambda: f"%%%.{signed().split('.', 1)[1]}", "format"),
    Bad("claims that are a list", lambda: signed(payload="[1]"), "format"),
    Bad("claims that are no JSON", lambda: signed(payload="{"), "format"),
    Bad("no signature", unsigned, "algorithm"),
    Bad("HS256 by the public key", lambda: by_public_key("HS256"), "algorithm"),
    Bad("HS512 by the public key", lambda: by_public_key("HS512"), "algorithm"),
    Bad("a weaker algorithm of the right key", lambda: signed(header={"alg": "RS256"}), "algorithm"),
    Bad("an extension that must be understood", with_critical, "crit"),
    Bad("a key that nobody published", lambda: signed(header={"kid": "two"}), "key"),
    Bad("a key's name that is a number", lambda: f"{part({'alg': 'RS512', 'kid': 7})}.{part(CLAIMS)}.c2ln", "key"),
    Bad("no key's name, where there are several", lambda: f"{part({'alg': 'RS512'})}.{part(CLAIMS)}.c2ln", "key"),
    Bad("a key of another kind", lambda: signed(header={"kid": "curve"}), "key"),
    Bad("a key for another algorithm", lambda: signed(header={"kid": "ps"}), "key"),
    Bad("another's key under our key's name", lambda: signed(OTHERS), "signature"),
    Bad(
        "a key that the token names an address of", lambda: signed(OTHERS, {"jku": "https://evil.example"}), "signature"
    ),
    Bad("a key that the token brings along", lambda: signed(OTHERS, {"jwk": OTHERS.as_dict(private=False)}), "format"),
    Bad("claims changed after signing", changed_afterwards, "signature"),
    Bad("no signature's bytes", lambda: signed().rpartition(".")[0] + ".", "signature"),
    Bad("another issuer", lambda: signed(iss="https://login.example.evil"), "issuer"),
    Bad("the issuer with a slash", lambda: signed(iss=f"{ISSUER}/"), "issuer"),
    Bad("no issuer", lambda: signed(iss=GONE), "issuer"),
    Bad("for another client", lambda: signed(aud="another"), "audience"),
    Bad("for nobody", lambda: signed(aud=GONE), "audience"),
    Bad("for others and us, and not made for us", lambda: signed(aud=["another", CLIENT]), "authorised_party"),
    Bad("for us, made for another", lambda: signed(azp="another"), "authorised_party"),
    Bad("about nobody", lambda: signed(sub=""), "subject"),
    Bad("about a number", lambda: signed(sub=7), "subject"),
    Bad("about a name without end", lambda: signed(sub="a" * 256), "subject"),
    Bad("over", lambda: signed(exp=NOW - LEEWAY), "expiry"),
    Bad("without an end", lambda: signed(exp=GONE), "expiry"),
    Bad("with an end that is no number", lambda: signed(exp="tomorrow"), "expiry"),
    Bad("with an end that nothing compares to", lambda: signed(exp=float("nan")), "expiry"),
    Bad("of the future", lambda: signed(iat=NOW + LEEWAY + 1), "issued_at"),
    Bad("kept by somebody", lambda: signed(iat=NOW - LONGEST_AGE - 1), "issued_at"),
    Bad("without a beginning", lambda: signed(iat=GONE), "issued_at"),
    Bad("not good yet", lambda: signed(nbf=NOW + LEEWAY + 1), "not_before"),
    Bad("of another attempt", lambda: signed(nonce="another"), "nonce"),
    Bad("of no attempt", lambda: signed(nonce=GONE), "nonce"),
    Bad("beside another access token", lambda: signed(at_hash=hash_of("another", "RS512")), "at_hash"),
    Bad("proved before it was asked", lambda: signed(auth_time=NOW - 100 - LEEWAY - 1), "auth_time"),
    Bad("not said when it was proved", lambda: signed(auth_time=GONE), "auth_time"),
]


def checked(token: str, expected: Expected = EXPECTED) -> dict[str, Any]:
    return verify(token, key_of=KEYS.get, expected=expected, access_token=ACCESS, now=NOW)


@pytest.mark.parametrize("bad", BAD, ids=[bad.what for bad in BAD])
def test_a_bad_token_is_refused_for_what_is_bad_about_it(bad: Bad) -> None:
    with pytest.raises(AnswerRefused) as refused:
        checked(bad.make())
    assert refused.value.reason == bad.reason


@pytest.mark.parametrize(
    "claims",
    [{}, {"aud": [CLIENT]}, {"aud": ["another", CLIENT], "azp": CLIENT}, {"at_hash": GONE}, {"exp": NOW - LEEWAY + 1}],
)
def test_a_good_token_is_read(claims: dict[str, Any]) -> None:
    assert checked(signed(**claims))["sub"] == "somebody"


def test_what_comes_with_a_refresh_has_no_nonce_and_is_of_the_same_person() -> None:
    """OpenID Connect Core 1.0, 12.2."""
    refreshed = replace(EXPECTED, nonce=None, proved_since=None, subject="somebody")
    assert checked(signed(nonce=GONE, auth_time=GONE), refreshed)["sub"] == "somebody"
    for token, reason in ((signed(sub="another"), "another_person"), (signed(OTHERS), "signature")):
        with pytest.raises(AnswerRefused, match=reason):
            checked(token, refreshed)


HOSTILE: list[Any] = [
    10**400,
    -(10**400),
    1e999,
    [],
    {},
    [[]],
    {"a": 1},
    None,
    True,
    "\ud800",
    "\x00",
    "x" * 10_000,
    -1,
]
REASONS = {
    "iss": "issuer",
    "sub": "subject",
    "aud": "audience",
    "exp": "expiry",
    "iat": "issued_at",
    "auth_time": "auth_time",
    "nonce": "nonce",
    "at_hash": "at_hash",
}


@pytest.mark.parametrize(("name", "reason"), REASONS.items())
def test_whatever_a_claim_holds_it_is_refused_and_breaks_nothing(name: str, reason: str) -> None:
    for value in HOSTILE:
        with pytest.raises(AnswerRefused) as refused:
            checked(signed(**{name: value}))
        assert refused.value.reason == reason, value


@pytest.mark.parametrize(
    "token",
    ["\ud800", "...", f"{part([])}.e30.e30", f"{part({'alg': []})}.e30.e30", signed(payload="[" * 100_000)],
    ids=["half a letter", "nothing", "a list", "a list for a word", "without end"],
)
def test_what_is_no_token_breaks_nothing(token: str) -> None:
    with pytest.raises(AnswerRefused):
        checked(token)


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)
)


@settings(max_examples=60, deadline=None)
@given(claims=st.dictionaries(st.sampled_from([*CLAIMS, "nbf", "azp"]), _ANY, min_size=1))
def test_any_claims_are_taken_or_refused(claims: dict[str, Any]) -> None:
    with suppress(AnswerRefused):
        checked(signed(**claims))

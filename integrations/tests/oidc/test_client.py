"""What goes to a provider, and that nothing goes where it should not."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from integrations.nhs import login
from integrations.oidc import (
    AnswerRefused,
    Attempt,
    Client,
    ClientRefused,
    GrantOver,
    NotGiven,
    ProviderAway,
    SecretBasic,
    SignedIn,
    Tokens,
    address_in,
    fetching,
)
from integrations.oidc.client import GOOD_FOR, LONGEST_ATTEMPT, LONGEST_SAID, challenge_of
from integrations.oidc.discovery import Metadata

ISSUER = "https://login.example"
CLIENT = Client(issuer=ISSUER, client_id="our clinic", proof=SecretBasic("a:b/c"), algorithms=("RS256",))
METADATA = Metadata(
    issuer=ISSUER,
    authorization_endpoint=f"{ISSUER}/authorize?tenant=1",
    token_endpoint=f"{ISSUER}/token",
    jwks_uri=f"{ISSUER}/jwks",
    userinfo_endpoint=f"{ISSUER}/me",
)
URL = f"{ISSUER}/jwks"


class Answer:
    def __init__(self, status: int, said: Any) -> None:
        self.status_code, self._said = status, said

    def json(self) -> Any:
        if isinstance(self._said, str):
            raise requests.JSONDecodeError("no JSON", self._said, 0)
        return self._said


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was asked, after the answer (or the error) that a test has put there first."""
    exchanged: list[Any] = []

    def request(method: str, url: str, **more: Any) -> Answer:
        answer = exchanged[0]
        exchanged.append((method, url, more))
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(requests, "request", request)
    monkeypatch.setattr("integrations.oidc.discovery.metadata_of", lambda _issuer: METADATA)
    return exchanged


@pytest.mark.parametrize(
    "answer",
    [
        Answer(302, {}),
        Answer(401, {}),
        Answer(500, {}),
        Answer(200, "<html>"),
        Answer(200, ["a list"]),
        requests.ConnectTimeout("to somebody@example.org"),
    ],
)
def test_what_is_no_answer_is_a_provider_that_is_away(asked: list[Any], answer: Any) -> None:
    asked.append(answer)
    with pytest.raises(ProviderAway) as told:
        fetching.get_json(URL)
    assert "somebody" not in str(told.value)
    _, _, more = asked[1]
    assert (more["timeout"], more["allow_redirects"]) == ((3.05, 5), False)


@pytest.mark.parametrize(
    "url", ["http://login.example/jwks", "file:///etc/passwd", "ftp://127.0.0.1/", "//login.example"]
)
def test_nothing_goes_out_without_tls(asked: list[Any], url: str) -> None:
    asked.append(Answer(200, {}))
    with pytest.raises(ProviderAway):
        fetching.get_json(url)
    assert len(asked) == 1


def test_a_secret_is_sent_as_the_standard_wants_it(asked: list[Any]) -> None:
    """RFC 6749, 2.3.1: each half is encoded as in a form before they are joined."""
    asked.append(Answer(200, {"access_token": "a", "id_token": "not-a-token"}))
    begun = CLIENT.begin(redirect_uri="https://clinic.example/back/", scopes=("openid",))
    assert begun.url.startswith(f"{ISSUER}/authorize?tenant=1&response_type=code&client_id=our+clinic&")
    assert f"code_challenge={challenge_of(begun.attempt.verifier)}" in begun.url
    with pytest.raises(AnswerRefused, match="format"):
        CLIENT.finish(begun.attempt, {"state": begun.attempt.state, "code": "c"})
    method, url, more = asked[1]
    assert (method, url, more["data"]["code_verifier"]) == ("POST", f"{ISSUER}/token", begun.attempt.verifier)
    kind, _, pair = more["headers"]["Authorization"].partition(" ")
    assert (kind, base64.b64decode(pair)) == ("Basic", b"our+clinic:a%3Ab%2Fc")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"state": "another", "code": "c"}, AnswerRefused("state")),
        ({"code": "c"}, AnswerRefused("state")),
        ({"state": "s"}, AnswerRefused("no_code")),
        ({"state": "s", "code": "c", "iss": "https://login.evil"}, AnswerRefused("issuer")),
        ({"state": "s", "code": "c"}, AnswerRefused("no_token")),
        ({"state": "s", "error": "server_error"}, NotGiven("server_error", "")),
    ],
)
def test_an_answer_that_does_not_fit_is_not_taken(
    asked: list[Any], answer: dict[str, str], error: AnswerRefused | NotGiven
) -> None:
    asked.append(Answer(200, {"access_token": "a"}))
    attempt = CLIENT.begin(redirect_uri="https://clinic.example/back/", scopes=("openid",)).attempt
    kept = Attempt(**(attempt.kept() | {"state": "s"}))
    with pytest.raises(type(error), match=str(error)):
        CLIENT.finish(kept, answer)


def test_an_attempt_ends() -> None:
    attempt = Attempt(state="s", nonce="n", verifier="v", redirect_uri="", started_at=-LONGEST_ATTEMPT)
    with pytest.raises(AnswerRefused, match="too_late"):
        CLIENT.finish(attempt, {"state": "s", "code": "c"})


def test_what_is_said_of_somebody_else_is_not_taken(asked: list[Any]) -> None:
    asked.append(Answer(200, {"sub": "bea", "email": "bea@example.org"}))
    with pytest.raises(AnswerRefused, match="user_info_subject"):
        CLIENT.ask_about(SignedIn(claims={"sub": "ada"}, tokens=Tokens(access_token="a")))
    assert asked[1][2]["headers"]["Authorization"] == "Bearer a"


def test_a_code_that_was_used_is_no_provider_that_is_away(asked: list[Any]) -> None:
    asked.append(Answer(400, {"error": "invalid_grant"}))
    attempt = CLIENT.begin(redirect_uri="https://clinic.example/back/", scopes=("openid",)).attempt
    with pytest.raises(AnswerRefused, match="code"):
        CLIENT.finish(attempt, {"state": attempt.state, "code": "c"})


@pytest.mark.parametrize(
    ("given", "refresh_token", "good_for"),
    [
        ({"refresh_token": "second", "expires_in": 3600}, "second", 3600),
        ({}, "first", GOOD_FOR),
        ({"expires_in": True}, "first", GOOD_FOR),
        ({"expires_in": 10**12}, "first", LONGEST_SAID),
    ],
)
def test_a_refresh_token_is_sent_once_and_what_comes_takes_its_place(
    asked: list[Any], given: dict[str, Any], refresh_token: str, good_for: int
) -> None:
    asked.append(Answer(200, {"access_token": "canary", **given}))
    tokens = CLIENT.refresh("first", subject="ada")
    assert asked[1][2]["data"] == {"grant_type": "refresh_token", "refresh_token": "first"}
    assert asked[1][2]["headers"]["Authorization"].startswith("Basic ")
    assert (tokens.access_token, tokens.refresh_token, tokens.good_for) == ("canary", refresh_token, good_for)
    assert "canary" not in f"{tokens!r} {SignedIn(claims={'sub': 'canary'}, tokens=tokens)!r}"


@pytest.mark.parametrize(
    ("answer", "error", "may_have_acted"),
    [
        (Answer(400, "<html>"), ProviderAway, False),
        (Answer(503, {}), ProviderAway, True),
        (Answer(200, "<html>"), ProviderAway, True),
        (Answer(200, {"token_type": "Bearer"}), AnswerRefused, None),
        (Answer(200, {"access_token": "a", "id_token": "no-token"}), AnswerRefused, None),
        (requests.ConnectTimeout(), ProviderAway, False),
        (requests.ConnectionError(MaxRetryError(None, URL, NewConnectionError(None, "refused"))), ProviderAway, False),  # type: ignore[arg-type]
        (requests.ConnectionError("reset"), ProviderAway, True),
        (requests.ReadTimeout(), ProviderAway, True),
    ],
)
def test_a_refresh_that_fails_says_whether_the_token_may_be_used_up(
    asked: list[Any], answer: Any, error: type[Exception], may_have_acted: Any
) -> None:
    asked.append(answer)
    with pytest.raises(error) as told:
        CLIENT.refresh("first", subject="ada")
    assert getattr(told.value, "may_have_acted", None) == may_have_acted


ENDED, AWAY, OURS = GrantOver, ProviderAway, ClientRefused


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (400, "invalid_grant", ENDED),
        # Auth0, of somebody who was blocked.
        (403, "invalid_grant", ENDED),
        # Okta, where a policy lets them in no more.
        (400, "access_denied", ENDED),
        # Entra, where they have to do something there first, or may not.
        (400, "interaction_required", ENDED),
        (401, "interaction_required", ENDED),
        (400, "login_required", ENDED),
        (400, "consent_required", ENDED),
        (400, "account_selection_required", ENDED),
        (401, "invalid_client", OURS),
        (400, "invalid_client", OURS),
        (400, "unauthorized_client", OURS),
        (400, "invalid_request", OURS),
        (400, "unsupported_grant_type", OURS),
        (400, "invalid_scope", OURS),
        (400, "temporarily_unavailable", AWAY),
        (400, "a_word_of_their_own", AWAY),
        (403, "<html>", AWAY),
        (400, ["invalid_grant"], AWAY),
        (400, None, AWAY),
        (429, "invalid_grant", AWAY),
        (500, "invalid_grant", AWAY),
        (503, "temporarily_unavailable", AWAY),
    ],
)
def test_a_leaver_is_told_from_a_fault_of_ours_and_from_an_outage(
    asked: list[Any], status: int, error: Any, kind: type[Exception]
) -> None:
    asked.append(Answer(status, error if error == "<html>" else {"error": error}))
    with pytest.raises(kind) as told:
        CLIENT.refresh("first", subject="ada")
    assert type(told.value) is kind
    # Only where they are asked for somebody: no word of a page of theirs ends anything.
    with pytest.raises(ProviderAway):
        fetching.get_json(URL)


@pytest.mark.parametrize("hostile", [7, None, ["a"], {}, "\ud800", "a\x00", "a\nb"])
def test_a_token_that_is_none_is_refused(asked: list[Any], hostile: Any) -> None:
    for name in ("access_token", "refresh_token"):
        asked[:] = [Answer(200, {"access_token": "a", name: hostile})]
        with pytest.raises(AnswerRefused, match="no_token"):
            CLIENT.refresh("first", subject="ada")


@pytest.mark.parametrize("hostile", [7, True, ["a"], {}, "\ud800", "a\x00@example.org", "a" * 255])
def test_an_address_that_is_none_is_refused(hostile: Any) -> None:
    with pytest.raises(AnswerRefused, match="address"):
        address_in({"email": hostile})


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ({"email": "ada@example.org", "email_verified": True}, "ada@example.org"),
        ({"email": "ada@example.org", "email_verified": "true"}, "ada@example.org"),
        ({"email": "ada@example.org", "email_verified": ["true"]}, ""),
        ({"email": "ada@example.org", "email_verified": {}}, ""),
        ({"email": "ada@example.org", "email_verified": 1}, ""),
        ({"email": None, "email_verified": True}, ""),
        ({}, ""),
    ],
)
def test_only_a_confirmed_address_is_one(asked: list[Any], said: dict[str, Any], address: str) -> None:
    asked.append(Answer(200, {"sub": "ada", **said}))
    person = SignedIn(claims={"sub": "ada"}, tokens=Tokens(access_token="a"))
    assert login._address(CLIENT, person) == address


def test_an_answer_without_end_is_no_answer(asked: list[Any]) -> None:
    class Nested(Answer):
        def json(self) -> Any:
            return json.loads("[" * 100_000)

    asked.append(Nested(200, {}))
    with pytest.raises(ProviderAway):
        fetching.get_json(URL)


def test_an_address_that_cannot_be_read_is_not_asked() -> None:
    assert not fetching.is_secure("https://[")

"""What a provider publishes, and how long we believe it."""

from __future__ import annotations

from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from integrations.oidc import ProviderAway, discovery
from integrations.oidc.remembering import ASKED_AT_MOST_EVERY, FRESH_FOR, Remembered

ISSUER = "https://login.example"
SAID = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/jwks",
}
ONE, TWO = (RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}) for kid in ("one", "two"))


class Provider:
    """What is asked of it in turn; None is no answer."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.now = 1000.0

    def __call__(self) -> Any:
        self.asked += 1
        answer = self.answers.pop(0)
        if answer is None:
            raise ProviderAway("away")
        return answer


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": f"{ISSUER}/"},
        {"issuer": "https://login.example.evil"},
        {"issuer": None},
        {"token_endpoint": "http://login.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"userinfo_endpoint": "http://login.example/me"},
    ],
)
def test_a_description_that_is_not_its_own_or_without_tls_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any]
) -> None:
    monkeypatch.setattr(discovery, "get_json", lambda _url: SAID | changed)
    discovery._described.cache_clear()
    with pytest.raises(ProviderAway):
        discovery.metadata_of(ISSUER)


def test_what_is_published_is_asked_once_an_hour_and_kept_while_the_provider_is_away() -> None:
    provider = Provider("first", "second", None, "third")
    remembered = Remembered(provider, clock=lambda: provider.now)
    assert [remembered.get(), remembered.get(), provider.asked] == ["first", "first", 1]
    for expected in ("second", "second", "third"):
        provider.now += FRESH_FOR
        assert remembered.get() == expected


def test_what_was_never_had_is_asked_again_each_time() -> None:
    provider = Provider(None, "first")
    remembered = Remembered(provider, clock=lambda: provider.now)
    with pytest.raises(ProviderAway):
        remembered.get()
    assert remembered.get() == "first"


def test_made_up_names_of_keys_make_us_ask_once_a_minute() -> None:
    provider = Provider("first", "second", "third")
    remembered = Remembered(provider, clock=lambda: provider.now)
    remembered.get()
    assert [remembered.get_anew() for _ in range(5)] == ["first"] * 5
    provider.now += ASKED_AT_MOST_EVERY
    assert [remembered.get_anew() for _ in range(5)] == ["second"] * 5
    assert provider.asked == 2


def published(monkeypatch: pytest.MonkeyPatch, *keys: Any) -> discovery.Metadata:
    monkeypatch.setattr(discovery, "get_json", lambda _url: {"keys": [key.as_dict(private=False) for key in keys]})
    discovery._published.cache_clear()
    return discovery.Metadata(**SAID)


def test_a_key_is_found_by_its_name_among_those_that_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    for_secrets = RSAKey.import_key({**TWO.as_dict(private=True), "kid": "three", "use": "enc"})
    shared = OctKey.generate_key(256, {"kid": "four"})
    provider = published(monkeypatch, ONE, TWO, for_secrets, shared, ECKey.generate_key("P-256", {"kid": "five"}))
    found = {kid: discovery.key_of(provider, kid) for kid in ("one", "two", "three", "four", "five", "six", None)}
    assert [kid for kid, key in found.items() if key] == ["one", "two", "five"]


def test_a_token_without_a_name_is_read_where_there_is_one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    assert discovery.key_of(published(monkeypatch, ONE), None)


@pytest.mark.parametrize("said", [{}, {"keys": []}, {"keys": [{"kty": "RSA"}]}, {"keys": "none"}])
def test_keys_that_cannot_be_read_are_a_provider_that_is_away(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, Any]
) -> None:
    provider = published(monkeypatch)
    monkeypatch.setattr(discovery, "get_json", lambda _url: said)
    with pytest.raises(ProviderAway):
        discovery.key_of(provider, "one")

"""Production starts with nothing that only plays, and counts for real."""

from __future__ import annotations

import pytest

from medconsult.settings.env import read_environment
from medconsult.settings.refusals import refusals
from medconsult.tests.test_environment import SET

BY_PROVIDER = {"EMAIL_PROVIDER": "postmark", "EMAIL_PROVIDER_KEY": "key", "EMAIL_WEBHOOK_SECRETS": f"us:{'x' * 20}"}


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        *(({"EMAIL_URL": f"{kind}://"}, ["EMAIL_URL"]) for kind in ("dummy", "console", "file", "memory")),
        ({"EMAIL_URL": "dummy://", **BY_PROVIDER}, []),
        # The benchmark's way.
        ({"EMAIL_URL": "dummy://", "INSECURE_HTTP": "true", "BASE_URL": "http://127.0.0.1:8000"}, []),
        ({"SMS_PROVIDER": "development"}, ["SMS_PROVIDER"]),
        ({"PDS_PROVIDER": "sample"}, ["PDS_PROVIDER"]),
        ({"REGISTER_PROVIDER": "sample"}, ["REGISTER_PROVIDER"]),
        ({"BASE_URL": "http://www.clinic.example"}, ["BASE_URL"]),
        ({}, []),
    ],
)
def test_what_only_plays_is_named_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: list[str]
) -> None:
    for name, value in (SET | variables).items():
        monkeypatch.setenv(name, value)
    assert [sentence.partition(" ")[0] for sentence in refusals(read_environment())] == named

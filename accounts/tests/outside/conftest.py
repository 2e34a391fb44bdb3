from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from integrations.nhs import login
from integrations.tests.oidc.foreign import CLIENT, Foreign, running


@pytest.fixture(scope="module")
def provider() -> Iterator[Foreign]:
    with running() as foreign:
        yield foreign


@pytest.fixture
def foreign(provider: Foreign, settings: Settings) -> Foreign:
    """The foreign provider in NHS login's place."""
    settings.NHS_LOGIN = login.Configuration(issuer=provider.issuer, client_id=CLIENT, private_key=provider.key)
    provider.people.clear()
    provider.asked.clear()
    provider.refusals.clear()
    return provider

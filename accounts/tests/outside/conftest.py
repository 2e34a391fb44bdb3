from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from integrations.nhs import login
from integrations.oidc import work
from integrations.tests.oidc.foreign import CLIENT, Foreign, running

# With what a form has to encode.
SECRET = "a secret: of theirs/ours"


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


@pytest.fixture(scope="module")
def employer() -> Iterator[Foreign]:
    with running(secret=SECRET) as foreign:
        yield foreign


@pytest.fixture
def work_login(employer: Foreign, settings: Settings) -> Foreign:
    """The foreign provider as the sign-in of who works here."""
    settings.WORK_LOGIN = work.Configuration(
        issuer=employer.issuer, client_id=CLIENT, client_secret=SECRET, name="Riverside account"
    )
    employer.people.clear()
    employer.refusals.clear()
    employer.refreshes = 0
    return employer

"""The root of the tests: see `site/devtools/testing/` for the database and the fixtures that all may use."""

from __future__ import annotations

import pytest

pytest_plugins = ["devtools.testing.plugin", "devtools.testing.payments"]


@pytest.fixture(scope="session")
def base_url() -> None:
    """In place of pytest-playwright's, whose shape pytest has deprecated. Stands here because it registers late."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.permissions.matrix.asking import Asker, world_for_a_while


@pytest.fixture(scope="module")
def asker(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Asker]:
    """Somebody who asks as anybody, in a world of its own; every request is undone."""
    logging.disable(logging.CRITICAL)
    try:
        with django_db_blocker.unblock(), world_for_a_while() as one:
            yield one
    finally:
        logging.disable(logging.NOTSET)

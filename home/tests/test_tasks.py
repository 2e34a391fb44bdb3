from __future__ import annotations

from typing import Any

import pytest
from django.db import connections

from devtools.testing.parallel import at_once
from home.locks import sole_publisher
from home.tasks import publish_scheduled_pages


def test_while_one_worker_publishes_another_leaves_it_alone(transactional_db: None) -> None:
    with sole_publisher() as ours:
        assert ours
        (other,) = at_once([publish_scheduled_pages])

    assert other.error is None
    assert other.value is False


def test_the_way_is_free_again_after_publishing_and_after_a_fault(transactional_db: None) -> None:
    with pytest.raises(RuntimeError), sole_publisher():
        raise RuntimeError
    assert publish_scheduled_pages()

    (other,) = at_once([publish_scheduled_pages])

    assert other.value is True
    assert _locks_held() == 0


def _locks_held() -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        )
        row: Any = cursor.fetchone()
        return int(row[0])

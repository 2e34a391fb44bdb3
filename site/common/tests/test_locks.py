from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from common import locks
from common.errors import Busy, NotFound
from common.locks import busy_if_locked, locked, locked_first
from devtools.testing.parallel import Outcome

Together = Callable[[Sequence[Callable[[], Any]]], list[Outcome[Any]]]


@pytest.fixture
def clerks(db: None) -> Group:
    return Group.objects.create(name="Clerks")


def lock_clerks() -> Group:
    with transaction.atomic():
        return locked(Group.objects.all(), name="Clerks")


def lock_timeout() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return str(cursor.fetchone()[0])


def test_a_row_is_locked_alone_and_lets_others_point_at_it(clerks: Group) -> None:
    with CaptureQueriesContext(connection) as statements:
        assert locked(Group.objects.all(), name="Clerks") == clerks
    assert statements[-1]["sql"].endswith('FOR NO KEY UPDATE OF "auth_group"')


def test_what_is_not_there_is_not_found(clerks: Group) -> None:
    assert locked_first(Group.objects.filter(name="Nobody")) is None
    with pytest.raises(NotFound):
        locked(Group.objects.all(), name="Nobody")


def test_a_row_that_stays_taken_is_busy_and_another_is_not(
    transactional_db: None, clerks: Group, together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "LOCK_TIMEOUT", "50ms")
    other = Group.objects.create(name="Porters")

    def lock_porters() -> Group:
        with transaction.atomic():
            return locked(Group.objects.all(), pk=other.pk)

    with transaction.atomic():
        locked(Group.objects.all(), pk=clerks.pk)
        refused, free = together([lock_clerks, lock_porters])
    assert isinstance(refused.error, Busy)
    assert refused.error.status == HTTPStatus.CONFLICT
    assert free.value == other
    assert together([lock_clerks])[0].value == clerks


def test_the_time_out_is_three_seconds_and_ends_with_the_transaction(transactional_db: None, clerks: Group) -> None:
    with transaction.atomic():
        locked(Group.objects.all(), pk=clerks.pk)
        assert lock_timeout() == "3s"
    assert lock_timeout() == "0"


def test_another_trouble_of_the_database_stays_what_it_is() -> None:
    with pytest.raises(OperationalError, match="gone"), busy_if_locked():
        raise OperationalError("gone")

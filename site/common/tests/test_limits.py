from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import caches
from pytest_django import DjangoAssertNumQueries

from common import clock
from common.limits import Limit, callers_network, give_back, spend
from common.models import Tally
from common.request_context import acting
from common.tasks import sweep_expired

pytestmark = pytest.mark.django_db

THREE = Limit(name="test", most=3, within=timedelta(minutes=10))


def test_no_more_than_the_limit_is_let_through() -> None:
    assert [spend(THREE, "somebody") for _ in range(5)] == [True, True, True, False, False]
    assert spend(THREE, "somebody else")
    assert spend(Limit(name="other", most=3, within=timedelta(minutes=10)), "somebody")


def test_it_takes_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        spend(THREE, "somebody")


def test_a_flushed_cache_forgets_nothing() -> None:
    for _ in range(3):
        spend(THREE, "somebody")
    for alias in settings.CACHES:
        caches[alias].clear()
    assert not spend(THREE, "somebody")


def test_what_is_given_back_can_be_spent_again() -> None:
    for _ in range(3):
        spend(THREE, "somebody")
    give_back(THREE, "somebody")
    assert spend(THREE, "somebody")
    assert not spend(THREE, "somebody")


def test_a_stretch_that_is_over_counts_no_more_and_is_swept() -> None:
    for _ in range(4):
        spend(THREE, "somebody")
    Tally.objects.update(ends_at=clock.now() - timedelta(seconds=1))
    assert spend(THREE, "somebody")
    Tally.objects.update(ends_at=clock.now() - timedelta(seconds=1))
    sweep_expired()
    assert not Tally.objects.exists()


def test_the_table_names_nobody() -> None:
    spend(THREE, "198.51.100.7")
    assert "198.51.100.7" not in repr(list(Tally.objects.values()))


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        (None, "unknown"),
    ],
)
def test_a_caller_is_counted_by_their_network(address: str | None, counted: str) -> None:
    with acting(address=address):
        assert callers_network() == counted

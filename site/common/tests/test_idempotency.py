from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.errors import Conflict, Invalid
from common.idempotency import Outcome, new_key, once
from common.models import IdempotencyRecord
from common.tasks import IDEMPOTENCY_DAYS, sweep_expired

BODY = {"operation": "person.make", "name": "Ada"}


def person(name: str) -> Any:
    return get_user_model().objects.create_user(email=f"{name}@example.org")


@pytest.fixture
def user(db: None) -> Any:
    return person("asker")


def make(user: AbstractBaseUser, key: str | None, *, name: str = "ada", **changes: Any) -> Outcome:
    return once(user=user, key=key, fingerprint={**BODY, **changes}, run=lambda: person(name))


def people() -> int:
    return get_user_model().objects.exclude(email="asker@example.org").count()


def test_the_first_request_does_it_and_says_so(user: Any) -> None:
    outcome = make(user, "k")
    made = get_user_model().objects.get(email="ada@example.org")
    assert outcome == Outcome(
        target=f"accounts.user:{made.public_id}", public_id=made.public_id, status=HTTPStatus.CREATED, repeated=False
    )


def test_the_same_key_and_body_gets_the_first_answer_and_does_nothing(user: Any) -> None:
    first, second = make(user, "k"), make(user, "k", name="never-made")
    assert second.repeated
    assert (second.target, second.public_id, second.status) == (first.target, first.public_id, first.status)
    assert people() == 1


def test_the_same_key_with_another_body_is_refused(user: Any) -> None:
    make(user, "k")
    with pytest.raises(Invalid) as refused:
        make(user, "k", name="grace", extra=1)
    assert (refused.value.code, refused.value.status) == ("idempotency_key_reused", 422)
    assert people() == 1


def test_the_order_of_the_body_does_not_matter(user: Any) -> None:
    once(user=user, key="k", fingerprint={"a": 1, "b": 2}, run=lambda: person("ada"))
    assert once(user=user, key="k", fingerprint={"b": 2, "a": 1}, run=lambda: person("grace")).repeated


def test_another_persons_key_is_another_key(user: Any) -> None:
    make(user, "k")
    assert not make(person("other"), "k", name="grace").repeated


@pytest.mark.parametrize("key", [None, ""])
def test_without_a_key_each_request_stands_alone(user: Any, key: str | None) -> None:
    assert not make(user, key).repeated
    assert not make(user, key, name="grace").repeated
    assert not IdempotencyRecord.objects.exists()


def test_a_refusal_leaves_the_key_free(user: Any) -> None:
    def refuse() -> Any:
        person("half-made")
        raise Conflict("slot_taken", "Just taken.")

    with pytest.raises(Conflict):
        once(user=user, key="k", fingerprint=BODY, run=refuse)
    assert people() == 0
    assert not make(user, "k").repeated


@pytest.mark.parametrize("key", ["x" * 101, "a\x00b"])
def test_a_key_that_cannot_be_stored_is_bad_input(user: Any, key: str) -> None:
    with pytest.raises(Invalid, match="100 characters"):
        make(user, key)


def test_it_costs_two_statements_and_a_savepoint(user: Any) -> None:
    with CaptureQueriesContext(connection) as queries:
        once(user=user, key="k", fingerprint=BODY, run=lambda: user)
    assert [query["sql"].split()[0] for query in queries] == ["SAVEPOINT", "INSERT", "UPDATE", "RELEASE"]


def test_the_record_keeps_no_body(user: Any) -> None:
    make(user, "k")
    stored = IdempotencyRecord.objects.values().get()
    assert "Ada" not in str(stored)


def test_keys_for_forms_are_all_different() -> None:
    assert len({new_key() for _ in range(100)}) == 100


def test_old_records_are_swept_and_young_ones_stay(user: Any) -> None:
    make(user, "old")
    make(user, "young", name="grace")
    long_ago = timezone.now() - timedelta(days=IDEMPOTENCY_DAYS, minutes=1)
    IdempotencyRecord.objects.filter(key="old").update(created_at=long_ago)
    assert sweep_expired() == 1
    assert IdempotencyRecord.objects.get().key == "young"


def test_of_ten_at_once_one_does_it_and_all_get_its_answer(
    together: Callable[[Sequence[Callable[[], Outcome]]], list[Any]],
) -> None:
    user = person("asker")
    outcomes = together([partial(make, user, "k", name=f"p{number}") for number in range(10)])
    answers = [outcome.value for outcome in outcomes if outcome.value]
    assert len(answers) == 10, [outcome.error for outcome in outcomes]
    assert sorted(answer.repeated for answer in answers) == [False] + [True] * 9
    assert len({answer.public_id for answer in answers}) == 1
    assert people() == 1

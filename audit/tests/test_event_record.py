from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group
from django.db import connection, transaction

from audit.actions import UnknownAction
from audit.models import Event
from audit.services import Subject, event_record
from common.request_context import acting

pytestmark = pytest.mark.django_db
FOR_SOMEBODY = uuid.UUID("0f3e62f5-0f0b-4d3c-9d6c-7d3a3f1b2c4d")


@pytest.fixture
def user() -> Any:
    return get_user_model().objects.create_user(email="ada@example.org")


def test_it_says_who_did_what_to_what_from_where(user: Any) -> None:
    with acting(request_id="r1", address="203.0.113.9", on_behalf_of_id=FOR_SOMEBODY):
        event_record("account.changed", user, actor=user, times=2)
    event = Event.objects.get()
    assert (event.action, event.actor_id, event.on_behalf_of_id) == ("account.changed", user.public_id, FOR_SOMEBODY)
    assert (event.object_type, event.object_id) == ("accounts.user", str(user.public_id))
    assert (event.request_id, event.address, event.data) == ("r1", "203.0.113.9", {"times": 2})


def test_a_person_who_is_named_goes_before_the_context(user: Any) -> None:
    with acting(on_behalf_of_id=FOR_SOMEBODY):
        event_record("account.changed", user, actor=user, on_behalf_of=user)
    assert Event.objects.get().on_behalf_of_id == user.public_id


@pytest.mark.parametrize("nobody", [None, AnonymousUser()])
def test_the_system_and_a_visitor_have_no_id(user: Any, nobody: Any) -> None:
    event_record("account.changed", user, actor=nobody)
    assert Event.objects.get().actor_id is None


def test_what_has_no_public_id_is_named_by_its_key() -> None:
    group = Group.objects.create(name="Readers")
    event_record("role.granted", group, actor=None)
    assert Event.objects.get().object_id == str(group.pk)


def test_it_is_one_statement(user: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        event_record("account.changed", user, actor=user)


def test_it_goes_with_the_change_it_tells_of(user: Any) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        event_record("account.changed", user, actor=user)
        raise ZeroDivisionError
    assert not Event.objects.exists()


def test_the_database_fills_in_its_transaction_and_cluster(user: Any) -> None:
    event_record("account.changed", user, actor=user)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint, (pg_control_system()).system_identifier")
        assert Event.objects.values_list("transaction_id", "epoch").get() == cursor.fetchone()


def test_erasing_a_person_leaves_what_they_did(user: Any) -> None:
    public_id = user.public_id
    event_record("account.changed", user, actor=user)
    user.delete()
    assert Event.objects.get().actor_id == public_id


def test_an_action_that_nobody_could_explain_is_refused(user: Any) -> None:
    with pytest.raises(UnknownAction, match=r"account\.tickled is not in audit/actions\.py"):
        event_record("account.tickled", user, actor=user)
    assert not Event.objects.exists()


def test_what_is_nobodys_concerns_no_patient(user: Any) -> None:
    event_record("account.changed", user, actor=user)
    assert Event.objects.get().patient_id is None


def test_what_is_gone_is_named_by_type_and_id() -> None:
    event_record("page.deleted", Subject("home.standardpage", "12"), actor=None)
    assert (Event.objects.get().object_type, Event.objects.get().object_id) == ("home.standardpage", "12")

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction

from audit.models import Event, Seal
from audit.services import event_record
from audit.verifier import log_verify
from common import clock
from devtools.testing.database import RunDatabase

APPLICATION = "medconsult_app"
CHANGES = [
    "UPDATE {} SET {} = NULL",
    "UPDATE {} SET {} = NULL WHERE false",
    "DELETE FROM {}",
    "TRUNCATE {}",
]
COLUMNS = [("audit_event", "actor_id"), ("audit_seal", "digest")]

pytestmark = pytest.mark.django_db


def run(sql: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.fixture(autouse=True)
def _one_of_each() -> None:
    event_record("role.granted", Group.objects.create(name="Readers"), actor=None)
    Seal.objects.create(
        sequence=1,
        epoch=1,
        transaction_start=0,
        transaction_limit=1,
        count=0,
        leaves=b"",
        digest="d",
        previous_digest="p",
        sealed_at=clock.now(),
    )


@pytest.fixture
def application() -> Iterator[None]:
    """The rest of the test as the role that the product runs as in production."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {APPLICATION}")
        cursor.execute(f"GRANT SELECT, INSERT ON audit_event, audit_seal TO {APPLICATION}")
        cursor.execute(f"SET LOCAL ROLE {APPLICATION}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.mark.parametrize(("table", "column"), COLUMNS)
@pytest.mark.parametrize("change", CHANGES)
def test_even_the_owner_is_refused_by_the_trigger(change: str, table: str, column: str) -> None:
    with pytest.raises(DatabaseError, match="only grows"):
        run(change.format(table, column))


@pytest.mark.parametrize(("table", "column"), COLUMNS)
@pytest.mark.parametrize("change", CHANGES)
def test_the_application_lacks_even_the_right(application: None, change: str, table: str, column: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        run(change.format(table, column))


@pytest.fixture
def signed_in(worker_database: RunDatabase, db: None) -> Iterator[psycopg.Connection]:
    """A connection that really is the application's, with the rights that production's set-up and migrations leave."""
    parts = urlsplit(worker_database.url)
    address = parts.netloc.rpartition("@")[2]
    url = parts._replace(netloc=f"{APPLICATION}@{address}").geturl()
    with psycopg.connect(url, autocommit=True) as connected:
        yield connected


@pytest.mark.parametrize(("table", "column"), COLUMNS)
@pytest.mark.parametrize("change", CHANGES)
def test_signed_in_as_the_application_it_is_refused(
    signed_in: psycopg.Connection, change: str, table: str, column: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
        signed_in.execute(change.format(table, column).encode())


@pytest.mark.parametrize("step", ["ALTER TABLE {} DISABLE TRIGGER ALL", "DROP TABLE {}", "SET ROLE medconsult_owner"])
def test_signed_in_as_the_application_nobody_steps_round_it(signed_in: psycopg.Connection, step: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        signed_in.execute(step.format("audit_event").encode())


def test_signed_in_as_the_application_events_are_written_and_read(signed_in: psycopg.Connection) -> None:
    with signed_in.transaction(force_rollback=True):
        signed_in.execute(
            "INSERT INTO audit_event (epoch, transaction_id, occurred_at, action, object_type, object_id, request_id,"
            " data) VALUES ((pg_control_system()).system_identifier, pg_current_xact_id()::text::bigint, now(),"
            " 'account.changed', 'accounts.user', '1', '', '{}')"
        )
        row = signed_in.execute("SELECT count(*) FROM audit_event WHERE object_id = '1'").fetchone()
    assert row == (1,)


def test_the_application_may_read_and_add(application: None) -> None:
    event_record("role.granted", Group(pk=7, name="Readers"), actor=None)
    assert Event.objects.count() == 2


def test_the_orm_is_refused_as_well() -> None:
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        Event.objects.update(action="x")
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        Event.objects.all().delete()


@pytest.mark.parametrize("column", ["transaction_id", "epoch"])
def test_an_event_cannot_claim_another_transaction_or_cluster(column: str) -> None:
    with pytest.raises(DatabaseError, match="filled in by the database"), transaction.atomic():
        Event.objects.create(occurred_at=clock.now(), action="x", object_type="x", object_id="x", **{column: 1})


def test_a_grant_on_all_tables_is_taken_back_by_migrate() -> None:
    run(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {APPLICATION}")
    run("GRANT UPDATE ON audit_event TO PUBLIC")
    assert log_verify().findings[-3:] == [
        "The role PUBLIC may change audit_event: run `manage.py migrate` to take that back.",
        f"The role {APPLICATION} may change audit_event: run `manage.py migrate` to take that back.",
        f"The role {APPLICATION} may change audit_seal: run `manage.py migrate` to take that back.",
    ]
    call_command("migrate", "audit", verbosity=0)
    assert not [finding for finding in log_verify().findings if "may change" in finding]


def test_a_trigger_that_was_switched_off_is_noticed() -> None:
    run("ALTER TABLE audit_event DISABLE TRIGGER audit_append_only")
    run("DROP TRIGGER audit_own_transaction ON audit_event")
    # As an ordinary trigger a superuser's session could step round it with `session_replication_role`.
    run("ALTER TABLE audit_seal ENABLE TRIGGER audit_append_only")
    assert log_verify().findings[-3:] == [
        "The trigger audit_append_only on audit_event is missing or switched off.",
        "The trigger audit_own_transaction on audit_event is missing or switched off.",
        "The trigger audit_append_only on audit_seal is missing or switched off.",
    ]

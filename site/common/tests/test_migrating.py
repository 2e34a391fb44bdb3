from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from time import sleep

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections, migrations, models
from django.db.migrations.state import ProjectState

from common.management.commands import migrate
from common.migrating import MigrationAtOnce
from devtools.testing.database import RunDatabase

_OPERATIONS = [
    migrations.CreateModel(
        "Room", [("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=9))]
    ),
    migrations.AddField("room", "floor", models.IntegerField(default=0), preserve_default=False),
    migrations.AddField("room", "house", models.ForeignKey("trial.house", models.CASCADE, related_name="rooms")),
    migrations.AddConstraint(
        "room", models.CheckConstraint(condition=models.Q(floor__gte=0), name="room_above_the_ground")
    ),
    migrations.AddField("house", "doors", models.IntegerField(default=1)),
    migrations.AddConstraint(
        "house", models.CheckConstraint(condition=models.Q(doors__gt=0), name="house_that_can_be_entered")
    ),
    migrations.RunSQL("COMMENT ON TABLE trial_house IS 'seen'", migrations.RunSQL.noop),
    migrations.AlterField("house", "doors", models.BigIntegerField(default=2)),
    migrations.AddIndex("house", models.Index(fields=["doors"], name="house_by_doors")),
    migrations.AlterField("house", "doors", models.BigIntegerField(db_default=3)),
]


class First(migrations.Migration):
    operations = [migrations.CreateModel("House", [("id", models.AutoField(primary_key=True))])]


class AsDjangoDoes(migrations.Migration):
    operations = _OPERATIONS


class AtOnce(MigrationAtOnce):
    operations = _OPERATIONS


def _before() -> ProjectState:
    state = ProjectState()
    first = First("0001_first", "trial")
    with connection.schema_editor() as editor:
        state.apps  # noqa: B018 — drawn before the first, as `migrate` does
        return first.apply(state, editor)


def _described() -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT table_name, column_name, data_type, is_nullable, column_default
            FROM information_schema.columns WHERE table_name LIKE 'trial_%'
            UNION ALL SELECT conrelid::regclass::text, contype::text, pg_get_constraintdef(oid), '', ''
            FROM pg_constraint WHERE conrelid::regclass::text LIKE 'trial_%'
            UNION ALL SELECT tablename, indexname, '', '', '' FROM pg_indexes WHERE tablename LIKE 'trial_%'
            ORDER BY 1, 2, 3
        """)
        return list(cursor.fetchall())


def _there_and_back(kind: type[migrations.Migration]) -> tuple[ProjectState, list[tuple[str, ...]]]:
    """What it makes of the models and of the database; both are taken back again."""
    migration = kind("0002_second", "trial")
    before = _before()
    at_first = _described()
    with connection.schema_editor() as editor:
        after = migration.apply(before.clone(), editor)
    made = _described()
    with connection.schema_editor() as editor:
        migration.unapply(before.clone(), editor)
    assert _described() == at_first
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE trial_house")
    return after, made


@pytest.mark.django_db
def test_a_migration_at_once_makes_what_djangos_own_makes_and_takes_it_back() -> None:
    own_models, own_tables = _there_and_back(AsDjangoDoes)
    models_at_once, tables_at_once = _there_and_back(AtOnce)

    assert tables_at_once == own_tables
    assert models_at_once == own_models
    assert "house_by_doors" in str(own_tables)


def test_what_is_no_change_of_models_stands_alone_and_a_field_has_one_shape_in_a_step() -> None:
    steps = [type(one).__name__ for one in AtOnce("0002_second", "trial").operations]

    assert steps == ["_Together", "RunSQL", "_Together", "AlterField"]


@pytest.mark.django_db(transaction=True)
def test_who_comes_second_waits_until_the_first_has_migrated(worker_database: RunDatabase) -> None:
    said = StringIO()
    with ThreadPoolExecutor(1) as pool:
        with psycopg.connect(worker_database.url, autocommit=True) as first:
            first.execute("SELECT pg_advisory_lock(%s)", [migrate._LOCK])
            second = pool.submit(_migrated, said)
            while "waiting" not in said.getvalue():
                assert not second.done()
                sleep(0.02)
            assert "No migrations to apply" not in said.getvalue()
        second.result()
    assert "No migrations to apply" in said.getvalue()


def _migrated(said: StringIO) -> None:
    call_command("migrate", stdout=said)
    connections.close_all()

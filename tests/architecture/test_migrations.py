"""A migration runs while the version before it still answers people, so it takes nothing away that this one uses.

A linter from a package was tried and reads SQL of migrations that squashing has replaced, which is not to be had.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# The last migrations that every installation has: what came before is not held to this rule. Put forward at a release.
RELEASED = {
    "accounts": "0017",
    "audit": "0004",
    "billing": "0013",
    "booking": "0009",
    "common": "0006",
    "doctors": "0006",
    "home": "0014",
    "notifications": "0007",
    "records": "0011",
    "verification": "0002",
}
# By app and name, and why it does no harm beside the version before.
HARMLESS: dict[str, str] = {}
GONE = (
    migrations.AlterModelTable,
    migrations.DeleteModel,
    migrations.RemoveField,
    migrations.RenameField,
    migrations.RenameModel,
)
TAKES_AWAY = re.compile(
    r"\b(DROP\s+(TABLE|COLUMN|VIEW|DEFAULT)|RENAME|SET\s+NOT\s+NULL|ALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE"
    r"|REVOKE|TRUNCATE|ADD\s+CONSTRAINT|CREATE\s+UNIQUE\s+INDEX)\b",
    re.IGNORECASE,
)


def harms(migration: Migration, state: ProjectState) -> Iterator[str]:
    """What it does to the version before; `state` is the models' before it."""
    yield from _harms(migration.operations, migration.app_label, state, frozenset(state.models))


def _harms(
    operations: Sequence[Operation], app: str, state: ProjectState, known: frozenset[tuple[str, str]]
) -> Iterator[str]:
    """`known`: the models that the version before has."""
    for one in operations:
        if isinstance(one, migrations.SeparateDatabaseAndState):
            # What Django alone is told takes nothing from a database.
            yield from _harms(one.database_operations, app, state.clone(), known)
            one.state_forwards(app, state)
        elif hasattr(one, "operations"):
            # What common.migrating does in one step.
            yield from _harms(one.operations, app, state, known)
        else:
            if why := _why(one, app, state, known):
                yield f"{one.describe()}: {why}"
            one.state_forwards(app, state)


def _why(one: Operation, app: str, state: ProjectState, known: frozenset[tuple[str, str]]) -> str:
    if isinstance(one, GONE):
        return "stop using it in one release, and take it away in the next"
    if isinstance(one, migrations.AddField) and not _may_be_left_out(one.field):
        return "give it a db_default, for the version before does not write it"
    if isinstance(one, migrations.AlterField):
        return _refuses_now(one, app, state)
    if _constrained_by(one, app) in known:
        return "the version before still writes what it refuses"
    if isinstance(one, migrations.RunSQL) and TAKES_AWAY.search(str(one.sql)):
        return "it takes something away"
    return ""


def _constrained_by(one: Operation, app: str) -> tuple[str, str] | None:
    if isinstance(one, migrations.AddConstraint):
        return app, one.model_name_lower
    return (app, one.name_lower) if isinstance(one, migrations.AlterUniqueTogether) and one.option_value else None


def _may_be_left_out(field: Any) -> bool:
    return field.null or field.many_to_many or field.has_db_default()


def _refuses_now(one: migrations.AlterField, app: str, state: ProjectState) -> str:
    """What the version before still writes, or asks for, and is refused from then on; empty where it is nothing."""
    before: Any = state.models[app, one.model_name_lower].fields[one.name_lower]
    now: Any = one.field
    if before.null and not now.null:
        return "the version before still writes NULL"
    if before.has_db_default() and not now.has_db_default() and not now.null:
        return "the version before still leaves it to its db_default"
    if now.unique and not before.unique:
        return "the version before still writes the same twice"
    if before.db_column != now.db_column:
        return "the version before still asks for the old column"
    if now.max_length and (not before.max_length or now.max_length < before.max_length):
        return "the version before still writes what is longer"
    return "" if _kind(before) == _kind(now) else "the version before still takes it for another kind"


def _kind(field: Any) -> str:
    return str(field.get_internal_type())


def test_new_ones_leave_the_version_before_what_it_uses() -> None:
    loader = MigrationLoader(None)
    found: dict[str, list[str]] = {}
    for app, last in RELEASED.items():
        for (label, name), migration in loader.disk_migrations.items():
            if label == app and name[:4] > last:
                state = loader.project_state(_before(loader, migration))
                found[f"{app}.{name}"] = list(harms(migration, state))
    assert "common.0007_sending_place" in found
    assert {name: said for name, said in found.items() if said and name not in HARMLESS} == {}


def _before(loader: MigrationLoader, migration: Migration) -> list[Any]:
    return [parent.key for parent in loader.graph.node_map[migration.app_label, migration.name].parents]


@pytest.mark.parametrize(
    "operation",
    [
        migrations.RemoveField("room", "name"),
        migrations.RenameField("room", "name", "title"),
        migrations.DeleteModel("Room"),
        migrations.AddField("room", "floor", models.IntegerField(default=0)),
        migrations.AlterField("room", "name", models.TextField()),
        migrations.AlterField("room", "name", models.TextField(null=True, unique=True)),
        migrations.AlterField("room", "name", models.TextField(null=True, db_column="title")),
        migrations.AlterField("room", "name", models.CharField(null=True, max_length=20)),
        migrations.AlterField("room", "name", models.IntegerField(null=True)),
        migrations.AlterField("room", "beds", models.IntegerField()),
        migrations.AlterModelTable("room", "trial_chamber"),
        migrations.AddConstraint("room", models.UniqueConstraint(fields=["name"], name="each_once")),
        migrations.AlterUniqueTogether("room", {("name", "beds")}),
        migrations.RunSQL("ALTER TABLE trial_room DROP COLUMN name"),
        migrations.RunSQL("ALTER TABLE trial_room ALTER COLUMN name TYPE integer"),
        migrations.RunSQL("CREATE UNIQUE INDEX each_once ON trial_room (name)"),
        migrations.SeparateDatabaseAndState([migrations.RemoveField("room", "name")]),
    ],
)
def test_control_what_would_break_the_version_before_is_noticed(operation: Operation) -> None:
    assert len(list(harms(_of(operation), _a_room()))) == 1


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("room", "floor", models.IntegerField(null=True)),
        migrations.AddField("room", "floor", models.IntegerField(db_default=0)),
        migrations.AddIndex("room", models.Index(fields=["name"], name="by_name")),
        migrations.AlterField("room", "beds", models.IntegerField(null=True)),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("room", "name")]),
    ],
)
def test_control_what_it_can_live_beside_is_not(operation: Operation) -> None:
    assert list(harms(_of(operation), _a_room())) == []


def _of(operation: Operation) -> Migration:
    made = Migration("0002_trial", "trial")
    made.operations = [operation]  # type: ignore[misc]
    return made


def _a_room() -> ProjectState:
    state = ProjectState()
    fields: list[tuple[str, models.Field]] = [
        ("id", models.AutoField(primary_key=True)),
        ("name", models.TextField(null=True)),
        ("beds", models.IntegerField(db_default=1)),
    ]
    migrations.CreateModel("Room", fields).state_forwards("trial", state)
    return state

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
GONE = (migrations.DeleteModel, migrations.RemoveField, migrations.RenameField, migrations.RenameModel)
TAKES_AWAY = re.compile(r"\b(DROP\s+(TABLE|COLUMN|VIEW)|RENAME|SET\s+NOT\s+NULL)\b", re.IGNORECASE)


def harms(migration: Migration, state: ProjectState) -> Iterator[str]:
    """What it does to the version before; `state` is the models' before it."""
    for one in _single(migration.operations):
        if isinstance(one, GONE):
            yield f"{one.describe()}: stop using it in one release, and take it away in the next"
        elif isinstance(one, migrations.AddField) and not _may_be_left_out(one.field):
            yield f"{one.describe()}: give it a db_default, for the version before does not write it"
        elif isinstance(one, migrations.AlterField) and _is_demanded_now(one, migration.app_label, state):
            yield f"{one.describe()}: the version before still writes NULL"
        elif isinstance(one, migrations.RunSQL) and TAKES_AWAY.search(str(one.sql)):
            yield f"{one.describe()}: it takes something away"
        one.state_forwards(migration.app_label, state)


def _single(operations: Sequence[Operation]) -> Iterator[Operation]:
    for one in operations:
        # What common.migrating does in one step.
        yield from _single(getattr(one, "operations", [])) if hasattr(one, "operations") else [one]


def _may_be_left_out(field: Any) -> bool:
    return field.null or field.many_to_many or field.has_db_default()


def _is_demanded_now(one: migrations.AlterField, app: str, state: ProjectState) -> bool:
    before = state.models[app, one.model_name_lower].fields[one.name_lower]
    return bool(before.null and not one.field.null)


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
        migrations.RunSQL("ALTER TABLE trial_room DROP COLUMN name"),
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
    ]
    migrations.CreateModel("Room", fields).state_forwards("trial", state)
    return state

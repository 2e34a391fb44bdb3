"""Migrations that change the tables one by one, but have Django draw its models anew once.

After each operation Django draws again every model that hangs together with the one that was changed, and by the user
nearly all do: more than half of the time in which an empty database is made goes into models that nobody looks at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# What may be done with the models as they are after all of it. Whatever else there is stands alone.
_OF_MODELS: Final = (
    migrations.AddField,
    migrations.AlterField,
    migrations.AddIndex,
    migrations.AddConstraint,
    migrations.RemoveConstraint,
    migrations.AlterModelOptions,
)


class MigrationAtOnce(migrations.Migration):
    """A migration to inherit from: what stands between its RunPython and RunSQL goes in one step each.

    The result is the same as that of Django's own class, the order in the database too.
    """

    def __init__(self, name: str, app_label: str) -> None:
        super().__init__(name, app_label)
        # Each migration has a list of its own, whatever the stubs say.
        self.operations = list(_in_steps(self.operations))  # type: ignore[misc]

    def apply(
        self,
        project_state: ProjectState,
        schema_editor: BaseDatabaseSchemaEditor,
        collect_sql: bool = False,  # noqa: FBT001, FBT002 — as Django has it
    ) -> ProjectState:
        if project_state.is_delayed:
            # Else each RunPython would draw the models for itself alone.
            _forget_models(project_state)
        return super().apply(project_state, schema_editor, collect_sql)


class _Together(Operation):
    """Operations of which none sees the models that the one before it left."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.operations = list(operations)
        made = {one.name_lower for one in self.operations if isinstance(one, migrations.CreateModel)}
        # A table is made as its model is in the end, with all its columns and constraints.
        self._in_database = [
            one for one in self.operations if isinstance(one, migrations.CreateModel) or _model_of(one) not in made
        ]

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        _forget_models(state)
        for one in self.operations:
            one.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for one in self._in_database:
            one.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for one in reversed(self._in_database):
            one.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "; ".join(one.describe() for one in self.operations)


def _in_steps(operations: Iterable[Operation]) -> Iterator[Operation]:
    together: list[Operation] = []
    touched: set[tuple[str, ...]] = set()

    def gathered() -> Iterator[Operation]:
        yield from [_Together(together)] if len(together) > 1 else together
        together.clear()
        touched.clear()

    for one in operations:
        fits = isinstance(one, (migrations.CreateModel, *_OF_MODELS))
        if not fits or not touched.isdisjoint(_touched_by(one)):
            yield from gathered()
        if fits:
            together.append(one)
            touched |= _touched_by(one)
        else:
            yield one
    yield from gathered()


def _touched_by(operation: Any) -> set[tuple[str, ...]]:
    """The field that is added or altered: it has one shape before the step and one after it."""
    if isinstance(operation, (migrations.AddField, migrations.AlterField)):
        return {(operation.model_name_lower, operation.name_lower)}
    return set()


def _model_of(operation: Any) -> str:
    if isinstance(operation, migrations.AlterModelOptions):
        return str(operation.name_lower)
    return str(operation.model_name_lower)


def _forget_models(state: ProjectState) -> None:
    """They are drawn when somebody asks for one, all from nothing."""
    state.__dict__.pop("apps", None)
    state.is_delayed = False

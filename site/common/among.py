from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Func, Model, OuterRef, Q, QuerySet

ModelT = TypeVar("ModelT", bound=Model)


class Among(Func):
    """That a column is one of some whole numbers, for a `Q` or a `filter()`: one parameter, however many there are.

    `__in` puts each of them into the statement by itself, which for a thousand costs more than the rest of a list.
    """

    arity = 1
    output_field = BooleanField()

    def __init__(self, column: str, keys: Sequence[int]) -> None:
        super().__init__(column)
        self.keys = list(keys)

    def as_sql(self, compiler: Any, _connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        sql, parameters = compiler.compile(self.source_expressions[0])
        return f"{sql} = ANY(%s::bigint[])", [*parameters, self.keys]


class AmongFound(Func):
    """That a column is one of what a subquery of its own finds.

    As `__in`, composed once and not again for each statement that it stands in; and found first, by itself: PostgreSQL
    plans an `IN` together with all that is read beside it.
    """

    arity = 1
    output_field = BooleanField()

    def __init__(self, column: str, sql: str, parameters: Sequence[Any]) -> None:
        super().__init__(column)
        self.sql, self.parameters = sql, parameters

    @classmethod
    def of(cls, column: str, found: QuerySet[Any, Any]) -> AmongFound:
        """Raises `EmptyResultSet` where Django knows without asking that nothing is found."""
        return cls(column, *found.query.sql_with_params())

    def as_sql(self, compiler: Any, _connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        sql, parameters = compiler.compile(self.source_expressions[0])
        return f"{sql} = ANY(ARRAY({self.sql}))", [*parameters, *self.parameters]


@dataclass(frozen=True, kw_only=True)
class OfEach:
    """The rows of which `rule` holds that belong to any of many others, whose keys stand in a foreign key."""

    column: str
    keys: Sequence[int]
    rule: Q

    @property
    def whole(self) -> Q:
        return self.rule & Q(Among(self.column, self.keys))

    def first_of_each(self, rows: QuerySet[ModelT], limit: int) -> Q:
        """As `whole`, of no more than the first rows in their order that each of the others has: enough for the first
        rows of all, and found by an index, where PostgreSQL reads and sorts everything that the others have."""
        own = rows.filter(self.rule, **{self.column: OuterRef("pk")}).values("pk")[:limit]
        others: Any = rows.model._meta.get_field(self.column).related_model
        first = Func(ArraySubquery(own), function="unnest")
        return Q(
            AmongFound.of("pk", others._default_manager.filter(Among("pk", self.keys)).order_by().values(first=first))
        )

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import BigIntegerField, BooleanField, Func, Model, Q, QuerySet

ModelT = TypeVar("ModelT", bound=Model)
Statement = tuple[str, tuple[Any, ...]]


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
    """That a column is one of what subqueries of its own find, any of them.

    As `__in`, composed once and not again for each statement that it stands in; and found first, by itself: PostgreSQL
    plans an `IN` together with all that is read beside it.
    """

    arity = 1
    output_field = BooleanField()

    def __init__(self, column: str, found: Sequence[Statement]) -> None:
        super().__init__(column)
        self.sql = " UNION ".join(f"({sql})" for sql, _ in found)
        self.parameters = [value for _, parameters in found for value in parameters]

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

    def first_of_each(self, rows: QuerySet[ModelT], order_by: Sequence[str], limit: int) -> Statement:
        """The keys of the first rows of all, out of the first that each of the others has: those an index finds, where
        PostgreSQL reads and sorts everything that the others have.

        What they are sorted by comes out of the same walk, so that none is looked up again by its key.
        """
        names = list(dict.fromkeys(["pk", *(_name(one) for one in order_by)]))
        of_other = {self.column: Func(template="other.pk", output_field=BigIntegerField())}
        own = rows.filter(self.rule, **of_other).order_by(*order_by).values(*names)[:limit]
        sql, parameters = own.query.sql_with_params()
        columns = [f"own.of{number}" for number in range(len(names))]
        order = ", ".join(f"{columns[names.index(_name(one))]}{' DESC' * one.startswith('-')}" for one in order_by)
        each = f"unnest(%s::bigint[]) AS other (pk) CROSS JOIN LATERAL ({sql}) AS own ({_bare(columns)})"
        first = f"SELECT own.of0 FROM {each} ORDER BY {order} LIMIT {limit:d}"  # noqa: S608 - our own words
        return first, (list(dict.fromkeys(self.keys)), *parameters)


def _name(ordered: str) -> str:
    return ordered.removeprefix("-")


def _bare(columns: Sequence[str]) -> str:
    return ", ".join(column.removeprefix("own.") for column in columns)

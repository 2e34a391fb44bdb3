"""Lists by pages of a key (`common.keyset`): one that lies deep costs what the first one does."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, TypedDict
from urllib.parse import urlencode
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.drf.views import ApiView
from common.errors import DomainError
from common.keyset import KeyPage

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100


class Place(TypedDict):
    """Which page is asked for, as the selectors of `common.keyset` take it."""

    size: int
    before: UUID | None
    after: UUID | None


class UnknownCursor(DomainError):
    """`before` or `after` names nothing that the caller may see: not the first page, or a program would go round."""

    def __init__(self, cursor: str) -> None:
        message = f"We know of nothing that `{cursor}` could be the edge of. Begin the list anew."
        super().__init__("unknown_cursor", message, cursor=cursor)


class PageQuery(serializers.Serializer[Any]):
    page_size = serializers.IntegerField(min_value=1, max_value=MAX_PAGE_SIZE, default=PAGE_SIZE)
    before = serializers.UUIDField(default=None, help_text="From `next`.")
    after = serializers.UUIDField(default=None, help_text="From `previous`.")


class KeysetView(ApiView):
    """A list of rows, the latest first: `{"next", "previous", "results"}`, where the first two are addresses or null.

    A subclass says `serializer_class` and `page`, and in `filters_class` what its list may be narrowed by.
    """

    serializer_class: ClassVar[type[serializers.BaseSerializer[Any]]]
    filters_class: ClassVar[type[serializers.Serializer[Any]] | None] = None

    @abstractmethod
    def page(self, asked: dict[str, Any], place: Place) -> KeyPage[Any]:
        """The page at `place` of what the caller may see, narrowed by what `filters_class` made of the query."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        query = _read(PageQuery, request)
        asked = _read(self.filters_class, request) if self.filters_class else {}
        place = Place(size=query["page_size"], before=query["before"], after=query["after"])
        page = self.page(asked, place)
        if page.has_unknown_edge:
            raise UnknownCursor("after" if place["after"] else "before")
        rows = self.serializer_class(page.rows, many=True, context={"request": request, "view": self})
        return Response(
            {
                "next": self._address("before", page.rows[-1]) if page.has_next and page.rows else None,
                "previous": self._address("after", page.rows[0]) if page.has_previous and page.rows else None,
                "results": rows.data,
            }
        )

    def edge_of(self, row: Any) -> UUID:
        """The public id by which a page begins behind this row, or ends at it."""
        edge: UUID = row.public_id
        return edge

    def _address(self, side: str, row: Any) -> str:
        kept = {name: value for name, value in self.request.query_params.items() if name not in ("before", "after")}
        query = urlencode({**kept, side: self.edge_of(row)})
        return self.request.build_absolute_uri(f"{self.request.path}?{query}")


def _read(query_class: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    query = query_class(data=request.query_params)
    query.is_valid(raise_exception=True)
    found: dict[str, Any] = query.validated_data
    return found

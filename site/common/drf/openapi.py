"""The API's description (OpenAPI 3.1): what all operations have in common is said here, once."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.areas import PUBLIC, scope_of
from common.drf.paging import KeysetView, PageQuery
from common.drf.problems import CONTENT_TYPE
from common.drf.repeating import HEADER
from common.drf.views import PublicView
from common.idempotency import MAX_KEY_LENGTH

VERSION = "1"
OURS = f"/api/v{VERSION}/"

_KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "maxLength": MAX_KEY_LENGTH},
    OpenApiParameter.HEADER,
    description="The same key and body give the first answer again; the same key with another body is refused (422).",
)
_IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of what was read. Without it 428; where somebody has changed it since, 412.",
)
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `code` is stable; some problems carry data of their own beside it.",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "fields": {
            "type": "object",
            "description": "A name to its messages, where input was wrong; nested names have dots.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "retry_after": {"type": "integer", "description": "Seconds."},
    },
    "required": ["type", "title", "status", "detail", "code"],
}
_CONTENT = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_REQUEST_ID = {"X-Request-ID": {"$ref": "#/components/headers/RequestId"}}
_RETRY_AFTER = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
_HEADERS = {
    "RequestId": {
        "description": "By which we find this request in our log.",
        "schema": {"type": "string"},
        "required": True,
    },
    "RetryAfter": {"description": "Seconds after which the same may be asked again.", "schema": {"type": "integer"}},
}
_REFUSALS: dict[str, dict[str, Any]] = {
    "Unread": {"description": "`If-Match` is missing: this is changed by whoever says which version they have read."},
    "Stale": {"description": "Somebody has changed it since it was read; nothing was overwritten."},
    "TooOften": {"description": "More often than one of the limits allows.", "headers": _RETRY_AFTER},
    "Refused": {"description": "Refused, and why; 503 says when to try again.", "headers": _RETRY_AFTER},
}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{name}"}


_OF_ALL = {"429": _ref("TooOften"), "default": _ref("Refused")}
_OF_VERSIONED = {"412": _ref("Stale"), "428": _ref("Unread")}


@cache
def _page_of(row: type[serializers.BaseSerializer[Any]]) -> Any:
    """One for each kind of row: two lists of the same have the same pages."""
    fields: dict[str, Any] = {
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "results": row(many=True),
    }
    return inline_serializer(f"{row.__name__.removesuffix('Serializer')}Page", fields)


_TIME = r"^\d\d:\d\d(:\d\d)?$"


class Description(AutoSchema):
    """Reads the marks of `ApiView` and `KeysetView`, so that no view repeats them."""

    def get_override_parameters(self) -> list[Any]:
        view, found = self.view, list(super().get_override_parameters())
        if isinstance(view, KeysetView) and self.method == "GET":
            found += [one for one in (PageQuery, view.filters_class) if one]
        if self.method == "POST" and getattr(view, "is_keyed", False):
            found.append(_KEY)
        if self.method != "GET" and getattr(view, "is_versioned", False):
            found.append(_IF_MATCH)
        return found

    def get_response_serializers(self) -> Any:
        if not (isinstance(self.view, KeysetView) and self.method == "GET"):
            return super().get_response_serializers()
        return {200: _page_of(self.view.serializer_class)}  # type: ignore[arg-type]  # a class can be hashed

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:  # noqa: FBT001, FBT002
        """DRF forgets that the column of a field may be empty which is only read, and spectacular how long a list of
        objects may be; JSON Schema's `time` has a zone."""
        if isinstance(field, serializers.ChoiceField) and field.read_only and _may_be_empty(field):
            field.allow_blank = True
        schema = super()._map_serializer_field(field, direction, bypass_extensions)
        most = getattr(field, "max_length", None) if isinstance(field, serializers.ListSerializer) else None
        if most is not None:
            schema |= {"maxItems": most}
        if isinstance(field, serializers.TimeField):
            schema = {name: said for name, said in schema.items() if name != "format"} | {"pattern": _TIME}
        return schema

    def get_operation_id(self) -> str:
        # A dot of an address is in no name of a function that is made of it.
        own: str = super().get_operation_id().replace(".", "_")
        is_list = isinstance(self.view, KeysetView) and self.method == "GET"
        return f"{own.removesuffix('_retrieve')}_list" if is_list else own

    def get_summary(self) -> str:
        """What it does, beside its address: the first sentence of its description."""
        return str(super().get_summary() or _first_sentence(self.get_description()))

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "area", "") or PUBLIC]

    def get_auth(self) -> list[dict[str, list[str]]]:
        """With the scope that a token needs."""
        found: list[dict[str, list[str]]] = super().get_auth()
        scope = scope_of(self.view, self.method)
        if not scope:
            return found
        return [{name: [scope] if name == "token" else needed for name, needed in one.items()} for one in found]


def _first_sentence(words: str) -> str:
    return re.split(r"(?<=[^.])[.;:](?:\s|$)|\n\n", words, maxsplit=1)[0].replace("\n", " ")


def _may_be_empty(field: serializers.ChoiceField) -> bool:
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    known = {column.name: column for column in model._meta.fields} if model else {}
    return field.source in known and known[field.source].blank


def our_endpoints(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """Spectacular's preprocessing: ours, without the description itself, and without what Wagtail describes (its admin,
    its content API)."""
    others = (f"{OURS}schema/", f"{OURS}pages/")
    return [one for one in endpoints if one[0].startswith(OURS) and not one[0].startswith(others)]


def with_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Spectacular's postprocessing: every operation may be refused, each refusal is a problem, and every answer has the
    request's id."""
    components = result["components"]
    components.setdefault("schemas", {})["Problem"] = _PROBLEM
    for schema in components["schemas"].values():
        if "oneOf" in schema:
            # What fits one of the kinds of body may fit another as well.
            schema["anyOf"] = schema.pop("oneOf")
    components["headers"] = _HEADERS
    components["responses"] = {
        name: {**said, "headers": _REQUEST_ID | said.get("headers", {}), "content": _CONTENT}
        for name, said in _REFUSALS.items()
    }
    for path in result["paths"].values():
        for operation in path.values():
            told = operation["responses"]
            for code, response in told.items():
                response["headers"] = _REQUEST_ID | response.get("headers", {})
                if code.startswith(("4", "5")):
                    response["content"] = _CONTENT
            is_versioned = any(one["name"] == "If-Match" for one in operation.get("parameters", ()))
            operation["responses"] = told | (_OF_VERSIONED if is_versioned else {}) | _OF_ALL
    return result


@cache
def described() -> Any:
    """Made once a process: it does not hang on who asks."""
    return SchemaGenerator(api_version=VERSION).get_schema(request=None, public=True)


class DescriptionView(PublicView):
    """The description as YAML, or as JSON where that is asked for."""

    renderer_classes = [OpenApiYamlRenderer, OpenApiYamlRenderer2, OpenApiJsonRenderer, OpenApiJsonRenderer2]

    def get(self, request: Request) -> Response:
        return Response(self.told())

    def told(self) -> Any:
        return described()

"""How the doors at `/api/auth/` are described: as allauth, whose protocol it is, describes them, and no others.

`docs/openapi-auth.yaml` is this; a test compares it, so a new version of allauth shows what it changes.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from allauth.headless import spec

from accounts.security.headless.urls import DOORS
from common.drf.openapi import DescriptionView

ALLAUTHS = Path(spec.__file__).with_name("doc") / "openapi.yaml"
THEIR_ROOT, OUR_ROOT = "/_allauth/{client}/v1/", "/api/auth/{client}/v1/"
INFO = {
    "title": "Signing in from a front end of another kind",
    "version": "1",
    "description": (
        "allauth's own protocol. `client` is `app`, which sends its session's token in `X-Session-Token`, or `browser`,"
        " which has the cookie. The session opens nothing else: exchange it at `POST /api/v1/token/` for a token of"
        " some scopes. Second steps, address and password are changed on the website."
    ),
    "license": {"name": "MIT", "url": "https://opensource.org/license/mit"},
}
# What allauth can be told to ask for, and is not here.
_NOT_ASKED = frozenset({"username", "phone"})
_ACCOUNT = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "display": {"type": "string"},
        "email": {"$ref": "#/components/schemas/Email"},
        "has_usable_password": {"type": "boolean"},
    },
    "required": ["id", "display", "email", "has_usable_password"],
}
# What each of them may answer, and allauth says of some.
_ANYWHERE = {
    "401": {"$ref": "#/components/responses/Authentication"},
    "410": {"$ref": "#/components/responses/SessionGone"},
    "429": {"$ref": "#/components/responses/TooManyRequests"},
    "default": {
        "description": "Refused: of `browser` a request without the token against forged ones (403, `csrf_failed`).",
        "content": {"application/problem+json": {"schema": {"type": "object"}}},
    },
}
_REFERENCE = re.compile(r'"#/components/(\w+)/(\w+)"')


class Generator:
    """In the shape in which `manage.py spectacular` asks for one."""

    def __init__(self, **_: Any) -> None:
        pass

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - its shape
        return described()


class SignInDescriptionView(DescriptionView):
    def told(self) -> Any:
        return described()


@cache
def described() -> dict[str, Any]:
    told = yaml.safe_load(ALLAUTHS.read_text())
    told["components"] = _without(told["components"], _NOT_ASKED)
    _correct(told["components"]["schemas"])
    paths = {f"{OUR_ROOT}{door}": told["paths"][f"{THEIR_ROOT}{door}"] for door, _, _ in DOORS}
    for path in paths.values():
        for operation in path.values():
            operation["security"] = []
            operation["responses"] = _ANYWHERE | operation["responses"]
            # Where sign-up is closed, which it never is.
            operation["responses"].pop("403", None)
    tags = {tag for path in paths.values() for operation in path.values() for tag in operation["tags"]}
    return {
        "openapi": "3.1.0",
        "info": INFO,
        "externalDocs": told["externalDocs"],
        "tags": [tag for tag in told["tags"] if tag["name"] in tags],
        "paths": paths,
        "components": _used(told["components"], paths),
    }


def _correct(schemas: dict[str, Any]) -> None:
    """What allauth answers otherwise than it says, as our tests of these doors found."""
    schemas["User"] = _ACCOUNT
    for name in ("id", "is_pending"):
        del schemas["Flow"]["properties"][name]["enum"]
    schemas["AuthenticationMethod"]["anyOf"] = schemas["AuthenticationMethod"].pop("oneOf")
    _, told_of_session = schemas["AuthenticationMeta"]["allOf"]
    told_of_session["properties"]["is_authenticated"]["type"] = ["boolean", "null"]


def _without(told: Any, names: frozenset[str]) -> Any:
    """The same without these properties, and without the choices that need one."""
    if isinstance(told, list):
        return [_without(one, names) for one in told if not _needs(one, names)]
    if not isinstance(told, dict):
        return told
    kept = {name: _without(one, names) for name, one in told.items()}
    if isinstance(kept.get("properties"), dict):
        kept["properties"] = {name: one for name, one in kept["properties"].items() if name not in names}
    return kept


def _needs(told: Any, names: frozenset[str]) -> bool:
    return isinstance(told, dict) and not names.isdisjoint(told.get("required", ()))


def _used(components: dict[str, Any], paths: Any) -> dict[str, Any]:
    """Those that a path leads to."""
    found: set[tuple[str, str]] = set()
    waiting: list[Any] = [paths]
    while waiting:
        for kind, name in _REFERENCE.findall(json.dumps(waiting.pop())):
            if (kind, name) not in found:
                found.add((kind, name))
                waiting.append(components[kind][name])
    return {
        kind: {name: one for name, one in told.items() if (kind, name) in found}
        for kind, told in components.items()
        if any(kind == one for one, _ in found)
    }

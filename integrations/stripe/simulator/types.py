"""The types that Stripe's SDK declares, as something that can be asked at run time.

Many of its annotations name classes that are imported for a type checker alone; those stand here for `Unknown`.
"""

from __future__ import annotations

import builtins
import sys
import typing
from collections.abc import Mapping
from functools import cache
from types import NoneType, SimpleNamespace, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from stripe._request_options import RequestOptions


class Unknown:
    """A class that its module names but does not import."""


class _Names(dict[str, Any]):
    """Names for evaluating an annotation: what the module does not know is `Unknown`."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        super().__init__()
        self._known = known

    def __missing__(self, name: str) -> Any:
        if name in self._known or hasattr(builtins, name):
            raise KeyError(name)
        return Unknown


@cache
def fields(cls: type) -> dict[str, Any]:
    """The fields that a TypedDict or a resource class of the SDK declares, with their types."""
    found: dict[str, Any] = {}
    for parent in reversed(cls.__mro__):
        if not parent.__module__.startswith("stripe.") or parent.__module__ == "stripe._stripe_object":
            continue
        written = vars(parent).get("__annotations__", {}).items()
        own = {name: kind for name, kind in written if not name.startswith("_") and not is_class_variable(kind)}
        if RequestOptions.__annotations__.keys() <= own.keys():
            # What the SDK adds to every request's parameters and never sends.
            own = {name: kind for name, kind in own.items() if name not in RequestOptions.__annotations__}
        # Not of the class itself: its parents stand in other modules, with other names.
        holder, names = SimpleNamespace(__annotations__=own), vars(sys.modules[parent.__module__])
        found |= typing.get_type_hints(holder, names, _Names(names))
    return found


def is_class_variable(annotation: Any) -> bool:
    return get_origin(annotation) is typing.ClassVar


def members(kind: Any) -> tuple[Any, ...]:
    """The alternatives of a union; of anything else itself.

    Stripe's enumerations are written `Literal["a", "b"] | str`, so that an older SDK takes newer words. Its API takes
    and gives those words alone, so `str` is left out there; beside `Literal[""]`, which means "unset", it stays.
    """
    if get_origin(kind) not in {Union, UnionType}:
        return (kind,)
    found = get_args(kind)
    words = [word for one in found if get_origin(one) is Literal for word in get_args(one)]
    return tuple(one for one in found if one is not str) if any(words) else found


def is_optional(kind: Any) -> bool:
    return NoneType in members(kind)


def is_structure(kind: Any) -> bool:
    """Whether it is a TypedDict: of `typing_extensions` too, which `typing.is_typeddict` does not know."""
    return hasattr(kind, "__required_keys__")

"""How a policy is made to say "yes" for a while, in every module that has imported it."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from django.apps import apps

from tests.permissions.matrix.people import Who

REPOSITORY = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Mutation:
    """`name` is a function by its module: changed to `yes`, the matrix must complain of `who` at `route`."""

    name: str
    yes: Callable[..., Any]
    route: str
    who: Who


def let_through(view: Any) -> Any:
    def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
        return view(request, *args, **kwargs)

    return guarded


def policies() -> dict[str, FunctionType]:
    """Every public function of every app's `policies.py`, by name."""
    found = {}
    for config in apps.get_app_configs():
        if not Path(config.path).is_relative_to(REPOSITORY) or ".venv" in Path(config.path).parts:
            continue
        try:
            module = importlib.import_module(f"{config.name}.policies")
        except ModuleNotFoundError:
            continue
        for name, value in vars(module).items():
            is_own = isinstance(value, FunctionType) and value.__module__ == module.__name__
            if is_own and not name.startswith("_"):
                found[f"{module.__name__}.{name}"] = value
    return found


def function_named(name: str) -> FunctionType:
    module, _, attribute = name.rpartition(".")
    found = getattr(importlib.import_module(module), attribute)
    assert isinstance(found, FunctionType)
    return found


@contextmanager
def mutated(mutation: Mutation) -> Iterator[dict[FunctionType, CodeType]]:
    """For the length of the block the function does what `yes` does, in every module that has imported it.

    Of a decorator that holds for all the views that it already guards. Gives what each changed function does else.
    """
    target, code = function_named(mutation.name), mutation.yes.__code__
    changed = [target]
    if mutation.yes is let_through:
        changed = _guards_of(target)
        code = let_through(None).__code__
    kept = [(one, one.__code__, one.__defaults__, one.__kwdefaults__) for one in changed]
    for one in changed:
        one.__code__ = code
        one.__defaults__, one.__kwdefaults__ = mutation.yes.__defaults__, mutation.yes.__kwdefaults__
    try:
        yield {one: own for one, own, *_ in kept}
    finally:
        for one, own, defaults, keywords in kept:
            one.__code__, one.__defaults__, one.__kwdefaults__ = own, defaults, keywords


def _guards_of(decorator: FunctionType) -> list[FunctionType]:
    """The functions that a decorator has put around views: they share the code of its inner function."""
    inner = next(
        const for const in decorator.__code__.co_consts if isinstance(const, CodeType) and const.co_name == "guarded"
    )
    found = [one for one in gc.get_objects() if type(one) is FunctionType and one.__code__ is inner]
    assert found, f"{decorator.__name__} guards nothing"
    return found

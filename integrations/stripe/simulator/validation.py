"""What a request may say: Stripe's form encoding, checked against the SDK's own types of parameters."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, get_args, get_origin
from urllib.parse import parse_qsl

from integrations.stripe.simulator.problems import Json, ParameterProblem
from integrations.stripe.simulator.types import fields, is_structure, members

MOST_METADATA, LONGEST_KEY, LONGEST_VALUE = 50, 40, 500
_NAME = re.compile(r"[^\[\]]+|(?<=\[)(?=\])")


def decoded(form: str) -> Json:
    """`a[b][0]=c` as nested dictionaries of text; lists are dictionaries of numbers still."""
    found: Json = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        *path, last = _NAME.findall(name) or [name]
        place = found
        for part in path:
            inner = place.setdefault(part, {})
            if not isinstance(inner, dict):
                raise ParameterProblem("Invalid request", parameter=name)
            place = inner
        place[last or str(len(place))] = value
    return found


def checked(given: Json, params: type) -> Json:
    """`given` with its types. Raises `ParameterProblem` for what is unknown, missing or of another type."""
    return _structure(given, params, "")


def _structure(given: Any, params: type, path: str) -> Json:
    if not isinstance(given, dict):
        raise ParameterProblem("Invalid object", code="parameter_invalid_object", parameter=path)
    known = fields(params)
    for name in given:
        if name not in known:
            where = _inside(path, name)
            raise ParameterProblem(f"Received unknown parameter: {where}", code="parameter_unknown", parameter=where)
    for name in params.__required_keys__ & known.keys():  # type: ignore[attr-defined]
        if name not in given:
            where = _inside(path, name)
            raise ParameterProblem(f"Missing required param: {where}.", code="parameter_missing", parameter=where)
    return {name: _value(value, known[name], _inside(path, name)) for name, value in given.items()}


def _inside(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _value(given: Any, kind: Any, path: str) -> Any:
    problem = None
    for one in members(kind):
        try:
            return _of_one_kind(given, one, path)
        except ParameterProblem as found:
            problem = found
    raise problem or ParameterProblem("Invalid value", parameter=path)


def _of_one_kind(given: Any, kind: Any, path: str) -> Any:
    if is_structure(kind):
        return _structure(given, kind, path)
    origin = get_origin(kind) or kind
    if origin is Literal:
        return _word(given, get_args(kind), path)
    if origin is list:
        return _list(given, get_args(kind)[0], path)
    if isinstance(origin, type) and origin.__name__ in {"dict", "UntypedStripeObject"}:
        return _metadata(given, path)
    if not isinstance(given, str):
        raise ParameterProblem("Invalid value", parameter=path)
    return _plain(given, origin, path)


def _plain(given: str, kind: Any, path: str) -> Any:
    if kind is bool:
        if given not in {"true", "false"}:
            raise ParameterProblem(f"Invalid boolean: {given}", code="parameter_invalid_boolean", parameter=path)
        return given == "true"
    if kind is int:
        if not re.fullmatch(r"-?\d{1,15}", given, re.ASCII):
            raise ParameterProblem(f"Invalid integer: {given}", code="parameter_invalid_integer", parameter=path)
        return int(given)
    if kind in {float, Decimal}:
        try:
            return str(Decimal(given))
        except InvalidOperation:
            raise ParameterProblem(f"Invalid decimal: {given}", parameter=path) from None
    if kind is str:
        return given
    raise ParameterProblem("Invalid value", parameter=path)


def _word(given: Any, words: tuple[Any, ...], path: str) -> Any:
    if given not in words:
        listed = ", ".join(str(word) for word in words if word)
        raise ParameterProblem(f"Invalid {path}: must be one of {listed}", parameter=path)
    return given


def _list(given: Any, kind: Any, path: str) -> list[Any]:
    if not isinstance(given, dict) or not all(key.isdigit() for key in given):
        raise ParameterProblem("Invalid array", code="parameter_invalid_array", parameter=path)
    return [_value(given[key], kind, _inside(path, key)) for key in sorted(given, key=int)]


def _metadata(given: Any, path: str) -> dict[str, str]:
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise ParameterProblem("Invalid object", code="parameter_invalid_object", parameter=path)
    if len(given) > MOST_METADATA or any(
        len(key) > LONGEST_KEY or len(value) > LONGEST_VALUE for key, value in given.items()
    ):
        raise ParameterProblem("Metadata is too long", code="parameter_invalid_string", parameter=path)
    return given

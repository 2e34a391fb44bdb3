"""Every event that the source writes is one that `audit.actions` can put into words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from audit.actions import ACTIONS, KINDS
from tests.architecture.source import called, product


def codes() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Where an event is written, and what its code looks like; a name (a parameter) can be anything."""
    for source in product():
        for call in source.calls():
            if called(call) == "event_record":
                for code in _codes_in(call.args[0]):
                    yield f"{source.name}:{call.lineno}", code


def _codes_in(node: ast.expr) -> Iterator[re.Pattern[str]]:
    if isinstance(node, ast.IfExp):
        yield from (*_codes_in(node.body), *_codes_in(node.orelse))
    elif isinstance(node, ast.Constant):
        yield re.compile(re.escape(str(node.value)))
    elif isinstance(node, ast.JoinedStr):
        parts = (re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+" for part in node.values)
        yield re.compile("".join(parts))


def test_every_event_that_is_written_has_words() -> None:
    found = list(codes())
    assert len(found) > 15
    assert [f"{where} {code.pattern}" for where, code in found if not any(map(code.fullmatch, ACTIONS))] == []


def test_the_table_is_sound() -> None:
    assert {action.kind for action in ACTIONS.values()} <= set(KINDS)
    assert [code for code in ACTIONS if not re.fullmatch(r"[a-z_]+\.[a-z_]+", code)] == []
    assert [action.code for action in ACTIONS.values() if action.label.endswith(".") or action.label[0].isupper()] == []
    assert [action.code for action in ACTIONS.values() if action.is_look and action.kind != "R"] == []

"""docs/hostile-uploads.md is what the tests do: a row each, with the answer that they expect."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from common.uploads.states import UploadState
from tests.uploads.hostile import ATTEMPTS, Attempt

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "docs" / "hostile-uploads.md"
_BECOMES = {
    UploadState.CURRENT: "taken, and served as “{name}”",
    UploadState.INFECTED: "taken, found by the scanner; nothing of it is kept",
    UploadState.UNREADABLE: "taken, refused by the check; nothing of it is kept",
}


def row_of(attempt: Attempt) -> str:
    if isinstance(attempt.becomes, UploadState):
        answer = _BECOMES[attempt.becomes].format(name=attempt.stored_as)
    else:
        answer = f"refused at once: “{attempt.becomes.strip()}”"
    return f"| {attempt.about} | {answer} |".replace("cmd|calc", r"cmd\|calc")


def rows_in(chapter: str) -> list[str]:
    text = LIST.read_text(encoding="utf-8")
    found = re.search(rf"^## {chapter}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found
    return [line for line in found[1].splitlines() if line.startswith("| ") and not line.startswith("| What")]


def test_the_list_of_files_is_the_table_of_the_tests() -> None:
    assert rows_in("Files") == [row_of(attempt) for attempt in ATTEMPTS]


@pytest.mark.parametrize("row", rows_in("Requests") if LIST.exists() else [])
def test_each_request_of_the_list_has_its_test(row: str) -> None:
    path, _, name = row.split("|")[3].strip().strip("`").partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}

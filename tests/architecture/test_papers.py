"""docs/security and docs/safety name code and tests: what they name is there, and nothing of their lists is left out.

Whether a verdict or a risk is right, only a reader can say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

ASVS = ROOT / "docs" / "security" / "asvs.md"
HAZARDS = ROOT / "docs" / "safety" / "hazard-log.md"
PAPERS = (ASVS, ROOT / "docs" / "security" / "rules.md", HAZARDS, ROOT / "docs" / "safety" / "README.md")
# Of each section of ASVS 5.0.0 the levels of its requirements, but for those of level 3, which always come last:
# "6.4 1 1 2 2" are 6.4.1 and 6.4.2 of level 1, 6.4.3 and 6.4.4 of level 2.
SECTIONS = """
1.1 2 2|1.2 1 1 1 1 1 2 2 2 2|1.3 1 1 2 2 2 2 2 2 2 2 2|1.4 2 2 2|1.5 1 2|2.1 1 2 2|2.2 1 1 2|2.3 1 2 2 2|2.4 2
3.2 1 1|3.3 1 2 2 2|3.4 1 1 2 2 2 2|3.5 1 1 1 2 2|3.7 2 2|4.1 1 2 2|4.2 2|4.3 2 2|4.4 1 2 2 2|5.1 2|5.2 1 1 2
5.3 1 1|5.4 2 2 2|6.1 1 2 2|6.2 1 1 1 1 1 1 1 1 2 2 2 2|6.3 1 1 2 2|6.4 1 1 2 2|6.5 2 2 2 2 2|6.6 2 2 2
6.8 2 2 2 2|7.1 2 2 2|7.2 1 1 1 1|7.3 2 2|7.4 1 1 2 2 2|7.5 2 2|7.6 2 2|8.1 1 2|8.2 1 1 2|8.3 1|8.4 2|9.1 1 1 1
9.2 1 2 2 2|10.1 2 2|10.2 2 2|10.3 2 2 2 2|10.4 1 1 1 1 1 2 2 2 2 2 2|10.5 2 2 2 2 2|10.6 2 2|10.7 2 2 2
11.1 2 2|11.2 2 2 2|11.3 1 1 2|11.4 1 2 2 2|11.5 2|11.6 2|12.1 1 2 2|12.2 1 1|12.3 2 2 2 2|13.1 2|13.2 2 2 2 2 2
13.3 2 2|13.4 1 2 2 2 2|14.1 2 2|14.2 1 2 2 2|14.3 1 2 2|15.1 1 2 2|15.2 1 2 2|15.3 1 2 2 2 2 2 2|16.1 2
16.2 2 2 2 2 2|16.3 2 2 2 2|16.4 2 2 2|16.5 2 2 2|17.1 2|17.2 2 2 2 2|17.3 2 2
"""
VERDICTS = {"Met", "By the installation", "**Not met**", "Does not apply"}
# The clinical risk matrix of NHS England: a row a likelihood, a column a severity.
SEVERITIES = ("Minor", "Significant", "Considerable", "Major", "Catastrophic")
MATRIX = {"Very low": "11223", "Low": "12234", "Medium": "22334", "High": "23345", "Very high": "34455"}
FIELDS = ["Causes", "Effect", "Initial risk", "Controls", "Residual risk", "Deployment", "Status"]


def required() -> Iterator[tuple[str, str]]:
    for section in re.split(r"[|\n]", SECTIONS.strip()):
        name, *levels = section.split()
        yield from ((f"v5.0.0-{name}.{number}", level) for number, level in enumerate(levels, 1))


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split(" | ")]


def hazards() -> list[tuple[str, list[list[str]]]]:
    parts = re.split(r"(?m)^### ", text_of(HAZARDS))[1:]
    return [(part.split()[0], [cells(row) for row in re.findall(r"(?m)^\| \*\*.*$", part)]) for part in parts]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_whatever_is_named_is_there(paper: Path) -> None:
    missing = []
    for path, name in re.findall(r"`([\w.-]+/[\w./-]*)(?:::(\w+))?`", text_of(paper)):
        there = (ROOT / path).exists()
        if not there or (name and not re.search(rf"(?m)^\s*def {name}\(", text_of(ROOT / path))):
            missing.append(f"{path} {name}")
    links = re.findall(r"\]\((?!https:)([^)#]+)", text_of(paper))
    assert missing + [link for link in links if not (paper.parent / link).exists()] == []


def test_each_requirement_of_both_levels_has_one_row_with_a_verdict() -> None:
    rows = [cells(row) for row in re.findall(r"(?m)^\| v5.*$", text_of(ASVS))]
    assert [(row[0], row[1]) for row in rows] == list(required())
    assert [sum(row[1] == level for row in rows) for level in "12"] == [70, 183]
    assert {row[3] for row in rows} == VERDICTS
    for verdict in VERDICTS:
        told = re.search(rf"- \*\*{verdict.strip('*')}\*\* \((\d+)\)", text_of(ASVS))
        assert told, verdict
        assert int(told[1]) == sum(row[3] == verdict for row in rows), verdict
    assert [row[0] for row in rows if len(row) != 5 or not row[4]] == []


def test_each_hazard_has_its_fields_and_its_risks_are_the_matrixs() -> None:
    found = hazards()
    assert [number for number, _ in found] == [f"H{number:02}" for number in range(1, len(found) + 1)]
    for number, rows in found:
        said = {row[0].strip("*"): row[1] for row in rows}
        assert list(said) == FIELDS, number
        for field in ("Initial risk", "Residual risk"):
            risk = re.fullmatch(r"(\w+) × ([\w ]+) = (\d)(?:[.:] .*)?", said[field])
            assert risk, f"{number} {field}: {said[field]}"
            assert MATRIX[risk[2]][SEVERITIES.index(risk[1])] == risk[3], f"{number} {field}"
        assert "::test_" in said["Controls"] or "**None" in said["Controls"], number

from __future__ import annotations

from pathlib import Path

import pytest

from devtools import checks, css
from devtools.checks import Check, Result


def test_failed_check_is_named_and_shows_what_it_said(capsys: pytest.CaptureFixture[str]) -> None:
    failed = checks._run_checks(
        [
            Check("good", lambda: Result(passed=True, output="quiet")),
            Check("bad", lambda: Result(False, "what is wrong")),
        ]
    )

    said = capsys.readouterr().out
    assert failed == ["bad"]
    assert "what is wrong" in said
    assert "quiet" not in said


@pytest.mark.parametrize(("tests", "failed", "status"), [(0, [], 0), (1, [], 1), (0, ["types"], 1), (1, ["types"], 1)])
def test_status_is_bad_when_a_check_or_a_test_is(
    monkeypatch: pytest.MonkeyPatch, tests: int, failed: list[str], status: int
) -> None:
    monkeypatch.setattr(checks, "_run_checks", lambda _checks: failed)
    monkeypatch.setattr(checks, "_run_tests", lambda: tests)

    assert checks.run(with_tests=True) == status


def test_style_sheet_is_current_only_as_its_sources_give_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(css, "BUILT", tmp_path / "app.css")
    assert not css.is_current()

    css.build(css.BUILT)
    assert css.is_current()

    css.BUILT.write_text(f"{css.BUILT.read_text()}\n")
    assert not css.is_current()

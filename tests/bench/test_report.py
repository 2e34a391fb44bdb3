from __future__ import annotations

from collections import Counter
from pathlib import Path

from bench import rows
from bench.pages import Cost, Size
from bench.race import Result
from bench.report import Check, Row, at_most, table
from bench.statement_log import StatementLog


def test_a_value_is_judged_before_it_is_rounded() -> None:
    assert at_most(12.04, 12, "× L", digits=1) == Check("12.0 × L", "≤ 12", is_reached=False)
    assert at_most(12, 12, "statements").is_reached


def test_one_figure_missed_is_the_row_missed() -> None:
    row = Row("Home page", [at_most(11, 12, "statements"), at_most(13, 12, "× L", digits=1)])
    assert row.verdict == "missed: 13.0 × L"


def test_the_table_counts_only_rows_with_goals() -> None:
    floor = Row("F", [Check("0.43 ms CPU")])
    printed = table([floor, Row("Home page", [at_most(11, 12, "statements")]), Row("Index", [at_most(2, 1, "× L")])])
    assert printed.endswith("1 of 2 rows reach their goals.")
    assert floor.verdict == ""


def test_a_page_is_held_against_the_floor_of_its_own_database() -> None:
    pages = ["Home page", "Home page, from the page cache", "Doctor index", "Doctor profile", "Slot picker"]
    names = [*pages, *(f"{kind}, everybody" for kind in ("Search", "Results"))]
    costs: dict[tuple[str, Size], Cost] = {
        **{(name, "small"): Cost(cpu=1000, elapsed=1000, statements=4) for name in ["F", "L", *names]},
        **{(name, "large"): Cost(cpu=3000, elapsed=2000, statements=5) for name in ["F", *names]},
        **{(name, "medium"): Cost(cpu=1000, elapsed=1500, statements=4) for name in ["F", "L", *names]},
        ("L", "large"): Cost(cpu=2000, elapsed=1000, statements=1),
    }
    kinds = {row.name: row for row in rows.of_pages(costs, ["everybody"], ["Home page", "Doctor index"])}
    assert kinds["Doctor index"].verdict == "missed: 2.00 large ÷ small"
    search = next(row for row in rows.of_pages(costs, ["everybody"]) if row.name == "Search, everybody")
    assert [check.measured for check in search.checks] == [
        "5 statements",
        "1.5 × L",
        "1.50 medium ÷ small",
        "2.00 large ÷ small",
    ]
    assert search.verdict == "missed: 2.00 large ÷ small"


def test_a_race_with_an_error_or_a_second_winner_is_missed() -> None:
    good = Result(rounds=2, rounds_with_one_winner=2, answers=Counter({201: 2, 409: 38}), slowest_ms=20)
    assert rows.of_race(good, deadlocks=0, overlaps=0, database_ms=20).verdict == "reached"
    bad = Result(rounds=2, rounds_with_one_winner=1, answers=Counter({201: 3, 409: 36, 500: 1}), slowest_ms=20)
    found = rows.of_race(bad, deadlocks=1, overlaps=1, database_ms=260).verdict
    assert found == (
        "missed: 1 rounds with one winner, 1 other answers, 1 deadlocks, 1 overlaps, 260 ms in the database"
    )


def test_a_transactions_time_is_the_sum_of_its_statements_in_the_servers_log(tmp_path: Path) -> None:
    path = tmp_path / "postgres.log"
    path.write_text(
        "#6a.1#3/7# LOG:  duration: 900.000 ms  statement: before\n"
        "#6a.1#3/8# LOG:  duration: 10.500 ms  statement: SELECT 1\n"
        "#6a.2#4/8# LOG:  duration: 11.000 ms  statement: SELECT\n\t1\n"
        "#6a.1#3/8# LOG:  duration: 2.000 ms  statement: COMMIT\n"
    )
    log = StatementLog()
    log.read(path, since=len("#6a.1#3/7# LOG:  duration: 900.000 ms  statement: before\n"))
    assert log.slowest_ms == 12.5

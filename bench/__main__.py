"""`make bench`: the figures of quality.md, measured in one run beside their floors, as a table."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

import psycopg

from bench import pages, race, rows, webhook
from bench.databases import HOME, Databases, bench_databases
from bench.pages import SIZES, Target
from bench.report import Row, table
from bench.server import BenchError, django_environment, serving
from bench.statement_log import statement_log
from devtools.keys import installation_keys
from devtools.places import ROOT
from devtools.postgres import PostgresError
from devtools.progress import step
from devtools.services import Services, running_services
from devtools.supervisor import Stopped, stoppable
from devtools.testing.database import TemplateError
from devtools.valkey import ValkeyError

PARTS = ("pages", "inside", "lists", "records", "audit", "race", "money")
# Nobody's: what is signed with it is sent to our own server of this run alone.
WEBHOOK = {"STRIPE_SECRET_KEY": "sk_test_bench0000", "STRIPE_WEBHOOK_SECRETS": "whsec_bench0000"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure against the floors of quality.md.")
    parser.add_argument("--quick", action="store_true", help="few rounds, and the small database in place of the large")
    parser.add_argument(
        "--race-rounds", type=int, default=0, help="how many times twenty patients want one time at once"
    )
    parser.add_argument("--only", choices=PARTS, default="", help="one part of the measurements")
    options = parser.parse_args()
    try:
        with stoppable():
            print(_run(is_quick=options.quick, only=options.only, race_rounds=options.race_rounds))
    except Stopped:
        return 130
    except (BenchError, PostgresError, ValkeyError, TemplateError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run(*, is_quick: bool, only: str, race_rounds: int) -> str:
    HOME.mkdir(parents=True, exist_ok=True)
    # What the databases' rows are encrypted with has to be the same in every process of every run.
    os.environ.update(installation_keys(HOME))
    with running_services(HOME) as services:
        os.environ["REDIS_URL"] = services.redis_url
        with_large = not is_quick and only in ("", "pages")
        with_million = not is_quick and only in ("", "lists", "records")
        with bench_databases(services, with_large=with_large, with_million=with_million) as databases:
            parts: dict[str, Callable[[], list[Row]]] = {
                "pages": lambda: _pages(databases, rounds=15 if is_quick else 60),
                "inside": lambda: _inside(databases, rounds=20 if is_quick else 100),
                "lists": lambda: _lists(databases, rounds=20 if is_quick else 100),
                "records": lambda: _records(databases, rounds=20 if is_quick else 100),
                "audit": lambda: _audit(databases, rounds=10 if is_quick else 40),
                "money": lambda: _money(databases, rounds=20 if is_quick else 100),
                "race": lambda: _race(databases, services, rounds=race_rounds or (10 if is_quick else 100)),
            }
            found: list[Row] = []
            try:
                for name in [only] if only else PARTS:
                    found += parts[name]()
            except BenchError:
                # What took minutes to measure is not lost with what failed after it.
                print(f"\n{table(found)}" if found else "")
                raise
    return f"\n{table(found)}"


def _pages(databases: Databases, *, rounds: int) -> list[Row]:
    facts = _asked_inside(databases.small, "prepare", 0, 0)
    queries = pages.searches(facts)
    kinds = {**facts["pages"], rows.SITE_SEARCH: f"/search/?q={facts['common']}"}
    targets = [
        Target("F", pages.FLOOR_F),
        Target("L", pages.FLOOR_L),
        # A question in the address keeps a page out of the cache.
        Target("Home page", "/?fresh"),
        Target("Home page, from the page cache", "/", is_kept=True),
        Target("Doctor index", "/doctors/?fresh"),
        Target("Doctor profile", f"/doctors/{facts['slug']}/?fresh"),
        *(Target(name, f"{path}{'&' if '?' in path else '?'}fresh") for name, path in kinds.items()),
        Target("Slot picker", f"/book/{facts['slug']}/times/", htmx=True),
        *(Target(f"Search, {name}", f"/bench/search/?{query}") for name, query in queries.items()),
        *(Target(f"Results, {name}", f"/doctors/?{query}", htmx=True) for name, query in queries.items()),
    ]
    with serving(databases.small) as small, serving(databases.medium) as medium, serving(databases.large) as large:
        with step(f"Asking for {len(targets)} pages on three databases, {rounds} times in turn"):
            costs = pages.measured(dict(zip(SIZES, (small, medium, large), strict=True)), targets, rounds)
        weight = pages.weight(small, f"/doctors/{facts['slug']}/")
    return [*rows.of_pages(costs, list(queries), list(kinds)), rows.of_weight(*weight)]


def _inside(databases: Databases, *, rounds: int) -> list[Row]:
    with step(f"Booking and looking for slots {rounds} times in turn"):
        return list(rows.of_inside(_asked_inside(databases.small, "inside", rounds)))


def _lists(databases: Databases, *, rounds: int) -> list[Row]:
    with step(f"Listing as each of six people {rounds} times in turn"):
        return list(rows.of_lists(_asked_inside(databases.million, "lists", rounds)))


def _records(databases: Databases, *, rounds: int) -> list[Row]:
    with step(f"Listing records {rounds} times in turn"):
        return list(rows.of_records(_asked_inside(databases.million, "records", rounds)))


def _audit(databases: Databases, *, rounds: int) -> list[Row]:
    with step(f"Writing with and without an audit event {rounds} times in turn"):
        return [rows.of_audit(_asked_inside(databases.small, "audit", rounds))]


def _race(databases: Databases, services: Services, *, rounds: int) -> list[Row]:
    facts = _asked_inside(databases.small, "prepare", race.CLIENTS, rounds)
    name = databases.small["DATABASE_URL"].rpartition("/")[2]
    # As many threads in the two workers as there are clients, so that all of them are in the database at once.
    threads = race.CLIENTS // 2
    logged, web = statement_log(services, name), serving(databases.small, threads=threads)
    with logged as log, web as server, step(f"Racing for {rounds} times"):
        result = race.run(server, facts["tokens"], facts["bodies"])
    overlaps = _asked_inside(databases.small, "overlaps")
    return [rows.of_race(result, _deadlocks(services.owner_url, name), overlaps, log.slowest_ms)]


def _money(databases: Databases, *, rounds: int) -> list[Row]:
    database = databases.small | WEBHOOK
    with step(f"Booking with payment {rounds} times in turn, and sending {rounds * 5} deliveries at once"):
        found = _asked_inside(database, "money", rounds, rounds * 5)
        with serving(database, threads=webhook.CLIENTS // 2) as server:
            return [*rows.of_money(found["costs"]), rows.of_webhook(webhook.run(server, found["deliveries"]))]


def _deadlocks(owner_url: str, name: str) -> int:
    """What the database has counted, now that everybody who was in it has left."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        query = "SELECT deadlocks FROM pg_stat_database WHERE datname = %s"
        row = connection.execute(query, [name]).fetchone()
    return int(row[0]) if row else 0


def _asked_inside(database: Mapping[str, str], module: str, *numbers: int) -> Any:
    """What a module of ours that runs inside Django prints."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", f"bench.{module}", *map(str, numbers)],
        cwd=ROOT,
        # Waiting for the disk is the same for the floor and for us, and would hide what differs.
        env=django_environment(database) | {"PGOPTIONS": "-c synchronous_commit=off"},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise BenchError(f"bench.{module} fails:\n{done.stderr}")
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main())

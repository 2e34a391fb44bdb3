"""The databases that are measured: 1,000, 10,000 and 100,000 generated doctors, made once for a state of the code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from devtools.code_state import digest_of, sample_state
from devtools.places import ROOT
from devtools.services import Services
from devtools.testing.database import (
    Template,
    databases,
    ensure_template,
    migrated_template,
    run_command,
    run_database,
    with_database,
)

HOME = ROOT / ".dev" / "bench"
SMALL, MEDIUM, LARGE = 1_000, 10_000, 100_000
PATIENTS, APPOINTMENTS = 2_000, 20_000
# Of the large one: with 100,000 doctors, what a platform has after some years.
VISITS = 1_000_000


@dataclass(frozen=True)
class Databases:
    """Environments that name a database of each size: the small one a copy that may be spoilt.

    `million` is the small one with a million appointments and grants.
    """

    small: dict[str, str]
    medium: dict[str, str]
    large: dict[str, str]
    million: dict[str, str]


@contextmanager
def bench_databases(services: Services, *, with_large: bool, with_million: bool) -> Iterator[Databases]:
    """Have them for the length of the block; those that are not asked for are the small one.

    Raises `TemplateError`.
    """
    with psycopg.connect(services.owner_url, autocommit=True) as maintenance:
        migrated = ensure_template(maintenance, services.owner_url, migrated_template())
        small = _ensure(maintenance, services, _template(migrated, SMALL, PATIENTS, APPOINTMENTS))
        medium = _ensure(maintenance, services, _template(migrated, MEDIUM)) if with_large else small
        large = _ensure(maintenance, services, _template(migrated, LARGE, 0, VISITS)) if with_large else small
        million = _ensure(maintenance, services, _million(small)) if with_million else small
    with run_database(services.owner_url, "bench") as copy:
        copy.recreate(small)
        yield Databases(
            small=_environment(services, small, copy.name, cache=1),
            medium=_environment(services, medium, medium.name, cache=4),
            large=_environment(services, large, large.name, cache=2),
            million=_environment(services, million, million.name, cache=3),
        )


def _template(migrated: Template, doctors: int, patients: int = 0, appointments: int = 0) -> Template:
    state = f"{migrated.state}_{sample_state()}"
    numbers = {"--doctors": doctors, "--patients": patients, "--appointments": appointments}
    return Template(
        prefix=f"medconsult_bench_{doctors}_",
        state=state,
        command=("seed_demo", *(str(word) for pair in numbers.items() for word in pair)),
        base=migrated.name,
        media=HOME / "media" / f"{doctors}_{state}",
        kept=1,
        shows_progress=True,
    )


def _million(small: Template) -> Template:
    made_of = f"{small.state}_{digest_of(ROOT / 'bench' / 'million.py')}"
    return Template(
        prefix="medconsult_bench_million_",
        # A database's name has room for one digest beside the prefix.
        state=hashlib.sha256(made_of.encode()).hexdigest()[:16],
        command=("shell", "--no-imports", "--command", "from bench import million; million.fill()"),
        base=small.name,
        media=small.media,
        kept=1,
    )


def _ensure(maintenance: psycopg.Connection, services: Services, template: Template) -> Template:
    is_known = template.name in databases(maintenance, template.prefix)
    print(f"{'Renewing' if is_known else 'Making'} the database: {' '.join(template.command)}", flush=True)
    ensure_template(maintenance, services.owner_url, template)
    if is_known and template.shows_progress:
        # What is there stays, but the free times that have passed since then.
        run_command(template, with_database(services.owner_url, template.name))
    return template


def _environment(services: Services, template: Template, name: str, *, cache: int) -> dict[str, str]:
    """Each has its own cache too: what is cached of one would be missing in the other."""
    return {
        "DATABASE_URL": with_database(services.application_url, name),
        "REDIS_URL": with_database(services.redis_url, str(cache)),
        "MEDIA_ROOT": str(template.media),
        "PRIVATE_ROOT": f"{template.media}-private",
        "CLAMD_URL": "tcp://127.0.0.1:3310",
    }

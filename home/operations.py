"""How the background work stands, gathered from every app: for the operators' page, the alarms and whoever measures.

Counts and instants alone; nothing here names a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from audit.models import Seal
from audit.selectors import seal_latest, unsealed_since
from billing.models import Reconciliation
from billing.selectors import reconciliations
from common.job_runs import JobState, job_states
from common.lost_tasks import lost_lately
from common.models import LostTask
from common.queues import Queue, lengths
from common.sending import sending_now
from common.uploads.storage import storage_answers
from doctors.selectors import listing_behind_since
from notifications.selectors import messages_failed, messages_open, oldest_due

# How long each may be behind before somebody is to look.
MESSAGE_LATE = timedelta(minutes=5)
SEAL_LATE = timedelta(minutes=10)
LISTING_LATE = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Of the moment `now`; a `…_since` is None where nothing is behind, `queues` where the broker is away."""

    now: datetime
    sending_held: bool
    queues: dict[Queue, int] | None
    files_answer: bool
    messages_open: int
    messages_failed: int
    message_due_since: datetime | None
    jobs: list[JobState]
    lost: list[LostTask]
    seal: Seal | None
    unsealed_since: datetime | None
    listing_behind_since: datetime | None
    reconciliation: Reconciliation | None


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """`name` and `figures` are for machines and stay as they are; `words` are for the page."""

    name: str
    words: str
    figures: dict[str, int | str]


def figures_now(now: datetime) -> Figures:
    """About a dozen statements, each a walk of an index."""
    return Figures(
        now=now,
        sending_held=sending_now().is_held,
        queues=lengths(),
        files_answer=storage_answers(),
        messages_open=messages_open(),
        messages_failed=messages_failed().count(),
        message_due_since=oldest_due(now),
        jobs=job_states(now),
        lost=list(lost_lately(now)),
        seal=seal_latest(),
        unsealed_since=unsealed_since(),
        listing_behind_since=listing_behind_since(now),
        reconciliation=reconciliations().first(),
    )


def alarms_of(figures: Figures) -> list[Alarm]:
    """What somebody is to look at, the gravest first."""
    return [*_stands_still(figures), *_late_jobs(figures), *_differs(figures)]


def _stands_still(figures: Figures) -> Iterator[Alarm]:
    if figures.sending_held:
        words = "Messages and refunds are held: manage.py sending says why, and lets them go."
        yield Alarm(name="sending_held", words=words, figures={})
    if figures.queues is None:
        yield Alarm(name="broker_away", words="The broker does not answer, so no worker is woken.", figures={})
    if not figures.files_answer:
        words = "Private files cannot be reached: nobody can send one, or open one."
        yield Alarm(name="files_away", words=words, figures={})
    behind = (
        ("message_late", figures.message_due_since, MESSAGE_LATE, "A message waits to be sent"),
        ("seal_behind", figures.unsealed_since, SEAL_LATE, "Events of the audit log are not sealed"),
        ("listing_stale", figures.listing_behind_since, LISTING_LATE, "Search shows free times that have passed"),
    )
    for name, since, allowed, words in behind:
        if since is not None and figures.now - since > allowed:
            seconds = int((figures.now - since).total_seconds())
            yield Alarm(
                name=name, words=f"{words}, for {seconds // 60} minutes already.", figures={"age_seconds": seconds}
            )
    if count := figures.messages_failed:
        words = "One message was given up." if count == 1 else f"{count} messages were given up."
        yield Alarm(name="messages_failed", words=words, figures={"count": count})
    if count := len(figures.lost):
        words = "One task was" if count == 1 else f"{count} tasks were"
        yield Alarm(name="tasks_lost", words=f"{words} given up within a day.", figures={"count": count})


def _late_jobs(figures: Figures) -> Iterator[Alarm]:
    for state in figures.jobs:
        if state.is_late and state.good_since:
            seconds = int((figures.now - state.good_since).total_seconds())
            yield Alarm(
                name="job_late",
                words=f"The job “{state.job.name}” has not ended well for {seconds // 60} minutes.",
                figures={"job": state.job.name, "age_seconds": seconds},
            )


def _differs(figures: Figures) -> Iterator[Alarm]:
    run = figures.reconciliation
    if run and run.stripe_minor != run.ours_minor:
        yield Alarm(
            name="reconciliation_differs",
            words="By the last comparison Stripe has another sum than we have.",
            figures={"difference_minor": run.stripe_minor - run.ours_minor},
        )

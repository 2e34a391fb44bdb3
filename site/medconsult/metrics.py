"""Figures in Prometheus's text format: of this machine's requests, and of how the background work stands.

Routes are told by their names in the resolver, so no label holds anybody's object. Gunicorn's workers add up what each
of them counted where PROMETHEUS_MULTIPROC_DIR names a folder of theirs (docker/gunicorn.conf.py).
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from common import clock
from home.operations import Figures, alarms_of, figures_now

CONTENT_TYPE = CONTENT_TYPE_LATEST
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 30)
SECONDS = Histogram(
    "medconsult_request_seconds",
    "How long requests took, by the name of their route.",
    ["method", "route", "status"],
    buckets=BUCKETS,
)


class MetricsMiddleware:
    """Counts requests and their seconds. What a cache in front of the resolver answered has no route's name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        method = request.method if request.method in METHODS else "other"
        route = request.resolver_match.view_name if request.resolver_match else "-"
        SECONDS.labels(method, route, response.status_code).observe(time.perf_counter() - began)
        return response


class BackgroundCollector(Collector):
    """The figures of the operators' page (home.operations): about a dozen statements each time they are asked for."""

    def collect(self) -> Iterator[Metric]:
        try:
            figures = figures_now(clock.now())
        except DatabaseError:
            # The figures of requests are told all the same, and so is why these are not.
            yield GaugeMetricFamily("medconsult_database_up", "Whether the database answers.", 0)
            return
        yield GaugeMetricFamily("medconsult_database_up", "Whether the database answers.", 1)
        alarms = GaugeMetricFamily("medconsult_alarms", "Alarms that stand, by name.", labels=["alarm"])
        for name, count in Counter(alarm.name for alarm in alarms_of(figures)).items():
            alarms.add_metric([name], count)
        yield alarms
        yield from _counts(figures)
        yield from _ages(figures)


def exposition() -> bytes:
    counted = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    background = CollectorRegistry()
    background.register(BackgroundCollector())
    return generate_latest(counted) + generate_latest(background)


def _counts(figures: Figures) -> Iterator[Metric]:
    queues = GaugeMetricFamily("medconsult_queue_tasks", "Tasks that wait, by queue.", labels=["queue"])
    for queue, length in (figures.queues or {}).items():
        queues.add_metric([queue.value], length)
    yield queues
    yield GaugeMetricFamily("medconsult_broker_up", "Whether the broker answers.", figures.queues is not None)
    yield GaugeMetricFamily("medconsult_messages_open", "Messages that are not sent yet.", figures.messages_open)
    yield GaugeMetricFamily("medconsult_messages_failed", "Messages that were given up.", figures.messages_failed)
    if run := figures.reconciliation:
        difference = run.stripe_minor - run.ours_minor
        yield GaugeMetricFamily("medconsult_reconciliation_difference_minor", "Stripe's sum less ours.", difference)


def _ages(figures: Figures) -> Iterator[Metric]:
    behind = {
        "message": figures.message_due_since,
        "seal": figures.unsealed_since,
        "listing": figures.listing_behind_since,
    }
    oldest = GaugeMetricFamily("medconsult_behind_seconds", "Since when each is behind; 0: it is not.", labels=["what"])
    for what, since in behind.items():
        oldest.add_metric([what], _seconds(since, figures.now))
    yield oldest
    jobs = GaugeMetricFamily("medconsult_job_good_seconds", "Since each job last ended well.", labels=["job"])
    for state in figures.jobs:
        if state.good_since:
            jobs.add_metric([state.job.name], _seconds(state.good_since, figures.now))
    yield jobs


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0

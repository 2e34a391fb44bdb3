"""Reading the audit log: what is sealed, and what can be sealed next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from audit.models import Event, Seal

BATCH = 10_000


@dataclass(frozen=True)
class Range:
    """The events of one cluster written by the transactions from `start` up to, not including, `limit`."""

    epoch: int
    start: int
    limit: int


def seal_latest() -> Seal | None:
    return Seal.objects.order_by("-sequence").defer("leaves").first()


def events_in(covered: Range) -> QuerySet[Event]:
    """The events of a range in the order in which a seal holds them."""
    return Event.objects.filter(
        epoch=covered.epoch, transaction_id__gte=covered.start, transaction_id__lt=covered.limit
    ).order_by("pk")


def events_unsealed() -> QuerySet[Event]:
    """The events above the last seal of their cluster."""
    unsealed = Q(pk__isnull=True)
    for epoch in epochs():
        unsealed |= Q(epoch=epoch, transaction_id__gte=_sealed_up_to(epoch))
    return Event.objects.filter(unsealed)


def epochs() -> Iterator[int]:
    """The clusters that events were written in, each found by one probe of the index."""
    found = Event.objects.order_by("epoch").values_list("epoch", flat=True)
    epoch = found.first()
    while epoch is not None:
        yield epoch
        epoch = found.filter(epoch__gt=epoch).first()


def next_batch() -> Range | None:
    """The next events to seal, about `BATCH` at most, of one cluster; None where there are none.

    Ids are handed out before commits, so what is sealed is bounded by transactions instead: everything below the
    oldest one still running is there and stays as it is. In a cluster that the data have left nothing runs.
    """
    here, oldest_running = _this_cluster()
    for epoch in epochs():
        start = _sealed_up_to(epoch)
        waiting = Event.objects.filter(epoch=epoch, transaction_id__gte=start).order_by("transaction_id")
        if epoch == here:
            waiting = waiting.filter(transaction_id__lt=oldest_running)
        ids = list(waiting.values_list("transaction_id", flat=True)[: BATCH + 1])
        if ids:
            # The last transaction is left for the next batch, unless it fills this one alone.
            whole = len(ids) <= BATCH or ids[0] == ids[-1]
            return Range(epoch, start, ids[-1] + 1 if whole else ids[-1])
    return None


def _sealed_up_to(epoch: int) -> int:
    limits = Seal.objects.filter(epoch=epoch).order_by("-sequence").values_list("transaction_limit", flat=True)
    return limits.first() or 0


def _this_cluster() -> tuple[int, int]:
    """This cluster's number, and its oldest transaction that still runs (or the next one)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (pg_control_system()).system_identifier, pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        )
        here, oldest_running = cursor.fetchone()
        return here, oldest_running

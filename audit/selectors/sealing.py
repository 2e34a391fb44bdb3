"""What is sealed, and what can be sealed next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from audit.models import Event, Seal

BATCH = 10_000

_XID_WRAP = 2**32
_RUNNING = """
    SELECT pg_snapshot_xmax(now_running)::text::bigint,
        ARRAY(
            SELECT one::text::bigint FROM pg_snapshot_xip(now_running) one
            UNION ALL SELECT pg_current_xact_id_if_assigned()::text::bigint
            WHERE pg_current_xact_id_if_assigned() IS NOT NULL
        )
    FROM pg_current_snapshot() now_running
"""
_RUNNING_ELSEWHERE = """
    SELECT backend_xid::text::bigint FROM pg_stat_activity
    WHERE backend_xid IS NOT NULL AND datname <> current_database()
"""
_STILL_RUNNING = """
    SELECT min(one) FROM unnest(%s::bigint[]) one WHERE pg_xact_status(one::text::xid8) = 'in progress'
"""


@dataclass(frozen=True)
class Range:
    """The events of one cluster written by the transactions from `start` up to, not including, `limit`."""

    epoch: int
    start: int
    limit: int


def seal_latest() -> Seal | None:
    return Seal.objects.order_by("-sequence").defer("leaves").first()


def sealed_count(*, up_to: int | None = None) -> int:
    """How many events are sealed, up to the seal of this sequence."""
    seals = Seal.objects.all() if up_to is None else Seal.objects.filter(sequence__lte=up_to)
    return seals.aggregate(total=Sum("count"))["total"] or 0


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


def unsealed_since() -> datetime | None:
    """When the first event was written that no seal covers yet; None where all are sealed."""
    waiting = events_unsealed().order_by("epoch", "transaction_id")
    return waiting.values_list("occurred_at", flat=True).first()


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
    here = _this_cluster()
    oldest_running = _oldest_running_transaction()
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


def _this_cluster() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (pg_control_system()).system_identifier")
        return int(cursor.fetchone()[0])


def _oldest_running_transaction() -> int:
    """The oldest transaction that may still write here, or the next one to begin where none runs.

    A snapshot names the running transactions of the whole server, and one of another database must not hold up our
    seals; what cannot be told apart (a prepared one) counts as ours. The order of the three questions matters: a
    transaction that ends between them has ended before our next statement, which sees what it wrote.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING)
        next_id, running = cursor.fetchone()
        cursor.execute(_RUNNING_ELSEWHERE)
        elsewhere = {row[0] for row in cursor.fetchall()}
        ours = [one for one in running if one % _XID_WRAP not in elsewhere]
        cursor.execute(_STILL_RUNNING, [ours])
        return int(cursor.fetchone()[0] or next_id)

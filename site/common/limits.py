"""How often something may be tried, counted in the database: no flush of a cache and no second server forgets it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.db import connection
from django.utils.crypto import salted_hmac

from common import request_context

# What one household or one machine is given of IPv6: whoever has an address there has them all.
_IPV6_HOME = 64

_COUNT = """
    INSERT INTO common_tally AS held (key, count, ends_at)
    VALUES (%(key)s, 1, statement_timestamp() + make_interval(secs => %(seconds)s))
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN held.ends_at > statement_timestamp() THEN held.count + 1 ELSE 1 END,
        ends_at = CASE WHEN held.ends_at > statement_timestamp() THEN held.ends_at ELSE excluded.ends_at END
    RETURNING count
"""
_LEFT = "SELECT ceil(extract(epoch FROM ends_at - statement_timestamp())) FROM common_tally WHERE key = %s"
_GIVE_BACK = "UPDATE common_tally SET count = greatest(count - 1, 0) WHERE key = %s"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most so many times `within` a stretch that begins with the first; `name` tells it from other limits."""

    name: str
    most: int
    within: timedelta


def spend(limit: Limit, subject: str) -> bool:
    """Count one more time for whoever or whatever `subject` names; False where that is more than the limit allows.

    One statement, and exact: of any number at once no more than `most` are told True. Call it outside a transaction
    that may yet be undone, else what was counted is forgotten with it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": _key(limit, subject), "seconds": limit.within.total_seconds()})
        return bool(cursor.fetchone()[0] <= limit.most)


def seconds_left(limit: Limit, subject: str) -> int:
    """Until the present stretch is over, for whoever was told False."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, [_key(limit, subject)])
        found = cursor.fetchone()
    return max(1, int(found[0])) if found else 1


def give_back(limit: Limit, subject: str) -> None:
    """One time less: it was counted before it was known that it should not be."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [_key(limit, subject)])


def callers_network() -> str:
    """Whoever asks, as limits count them: their address, of IPv6 the network; the same word for all without one.

    X-Forwarded-For is believed as far as `common.request_context` does.
    """
    address = request_context.current().address
    if not address:
        return "unknown"
    if isinstance(ip_address(address), IPv6Address):
        return str(ip_network(f"{address}/{_IPV6_HOME}", strict=False))
    return address


def _key(limit: Limit, subject: str) -> str:
    """Keyed: the table is not to say who has been here, and a bare digest of an address could be guessed."""
    return salted_hmac(f"common.limits.{limit.name}", subject, algorithm="sha256").hexdigest()

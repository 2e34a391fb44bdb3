"""How often one account may read and change in each area of the API, and one visitor at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from common.areas import scope_of
from common.limits import Limit, callers_network, seconds_left, spend


class ExactThrottle(SimpleRateThrottle):
    """DRF's, counted by `common.limits`: it reads a count and writes it back, so of many at once it counts one."""

    # What SimpleRateThrottle begins with, before it is known who asks for what.
    scope = "read"
    subject = ""

    def allow_request(self, request: Request, view: Any) -> bool:
        found = self.get_cache_key(request, view)
        if found is None:
            return True
        self.subject = found
        return spend(self._limit(), found)

    def wait(self) -> float:
        return seconds_left(self._limit(), self.subject)

    def _limit(self) -> Limit:
        most, seconds = self.parse_rate(self.get_rate())
        assert most
        assert seconds
        return Limit(name="api", most=most, within=timedelta(seconds=seconds))


class VisitorThrottle(ExactThrottle):
    """Of visitors, by where they come from: `anon` in DEFAULT_THROTTLE_RATES."""

    scope = "anon"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return None if request.user.is_authenticated else f"anon:{callers_network()}"


class AreaThrottle(ExactThrottle):
    """DEFAULT_THROTTLE_RATES has `area:read` or `area:write` where an area has a rate of its own, else `read` and
    `write`. Visitors are counted by `VisitorThrottle`."""

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        counted = scope_of(view, request.method) or "public:read"
        self.scope = counted if counted in self.THROTTLE_RATES else counted.rpartition(":")[2]
        return f"{counted}:{request.user.pk}" if request.user.is_authenticated else None

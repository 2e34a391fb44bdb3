"""How often one account may read and change in each area of the API."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from common.areas import scope_of


class AreaThrottle(SimpleRateThrottle):
    """DEFAULT_THROTTLE_RATES has `area:read` or `area:write` where an area has a rate of its own, else `read` and
    `write`. Visitors are counted by address (DRF's `AnonRateThrottle`)."""

    # What SimpleRateThrottle begins with, before it is known who asks for what.
    scope = "read"
    counted = ""

    def allow_request(self, request: Request, view: Any) -> bool:
        self.counted = scope_of(view, request.method) or "public:read"
        self.scope = self.counted if self.counted in self.THROTTLE_RATES else self.counted.rpartition(":")[2]
        self.num_requests, self.duration = self.parse_rate(self.get_rate())
        allowed: bool = super().allow_request(request, view)
        return allowed

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        user = request.user
        return f"throttle:{self.counted}:{user.pk}" if user.is_authenticated else None

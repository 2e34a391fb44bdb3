"""When nobody's phone is to ring. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def quiet_end(now: datetime, *, begins: time, ends: time, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours that `now` lies in are over, in UTC; None outside them. The two are wall-clock times."""
    local = now.astimezone(zone)
    at = local.time()
    overnight = begins > ends
    is_quiet = (at >= begins or at < ends) if overnight else begins <= at < ends
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=int(overnight and at >= begins))
    # In the night in which clocks are changed that may be twice, or never: the later is behind `now` in no case.
    return max(datetime.combine(day, ends, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1))

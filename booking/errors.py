from __future__ import annotations

from collections.abc import Sequence

from booking.slots import Slot
from common.errors import Conflict


class SlotTaken(Conflict):
    """Somebody else has the time. `alternatives` are the nearest free ones; clients get their starts in UTC."""

    def __init__(self, alternatives: Sequence[Slot] = ()) -> None:
        self.alternatives = list(alternatives)
        starts = [slot.start.isoformat().replace("+00:00", "Z") for slot in self.alternatives]
        super().__init__("slot_taken", "Somebody has just taken that time. Please choose another.", alternatives=starts)

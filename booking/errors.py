from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from booking.slots import Slot
from common.errors import Conflict, Invalid, TooOften


class HoursAffect(Conflict):
    """A change of hours touches visits that nobody has been shown. `appointments` are all that it touches; clients get
    their ids."""

    def __init__(self, appointments: Sequence[Any]) -> None:
        self.appointments = list(appointments)
        message = "Somebody is booked then. Look at whom it affects first."
        ids = [str(one.public_id) for one in self.appointments]
        super().__init__("appointments_affected", message, count=len(ids), appointments=ids)


class RuleStale(Conflict):
    """Somebody has changed these hours since they were read."""

    def __init__(self) -> None:
        super().__init__("rule_changed", "These hours have been changed meanwhile. Look at them again.")


class SlotTaken(Conflict):
    """Somebody else has the time. `alternatives` are the nearest free ones; clients get their starts in UTC."""

    def __init__(self, alternatives: Sequence[Slot] = ()) -> None:
        self.alternatives = list(alternatives)
        starts = [slot.start.isoformat().replace("+00:00", "Z") for slot in self.alternatives]
        super().__init__("slot_taken", "Somebody has just taken that time. Please choose another.", alternatives=starts)


class TooManyBookings(TooOften):
    """One account has asked for very many in a short time."""

    retry_after = 60 * 60

    def __init__(self) -> None:
        message = "You have asked for many bookings in a short time. Try again in an hour."
        super().__init__("too_many_bookings", message)


class LinkRefused(Invalid):
    """A link and a date of birth that do not open anything: which of the two is wrong is told to nobody."""

    def __init__(self) -> None:
        message = "This date of birth does not open an appointment with this link."
        super().__init__("link_refused", message, fields={"birth_date": [message]})


class TooManyTries(TooOften):
    """Of the caller, whatever they tried."""

    retry_after = 10 * 60

    def __init__(self) -> None:
        super().__init__("too_many_tries", "There were too many tries from where you are. Please wait ten minutes.")

"""What goes back of an appointment's payments when it is cancelled."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import datetime

from billing.models import Payment
from billing.reckoning import reckoned
from billing.selectors.owed import payments_together, visit_facts
from billing.selectors.payments import gone_of, waiting_of
from billing.states import Outcome, PaymentStatus
from booking.models import Appointment
from booking.states import CancelReason, Status


@dataclass(frozen=True, kw_only=True)
class IfCancelled:
    """What goes back of an appointment's payments if the patient cancels it, and what is kept, in minor units.

    Beside it, what has gone back before, and what was promised before and still goes back.
    """

    back: int
    kept: int
    gone_before: int
    promised_before: int

    @property
    def is_rest(self) -> bool:
        return bool(self.gone_before or self.promised_before)


def if_cancelled(appointment: Appointment, *, now: datetime) -> IfCancelled:
    """For whoever pays for it, before they decide."""
    foreseen = {"status": Status.CANCELLED, "cancel_reason": CancelReason.PATIENT, "cancelled_at": now}
    # A copy that nobody saves.
    ended = copy(appointment)
    vars(ended).update(foreseen)
    payments = Payment.objects.filter(appointment=appointment, status=PaymentStatus.SUCCEEDED).order_by("pk")
    # What came to nothing goes back by itself.
    counted = [one for one in payments if one.outcome != Outcome.REFUNDED]
    back = left = 0
    for group in payments_together(counted, ended):
        known = reckoned(visit_facts(group, ended))
        here = max(sum(known.room.values()), 0)
        back, left = back + min(known.short, here), left + here
    gone, promised = sum(gone_of(one) for one in counted), sum(waiting_of(one) for one in counted)
    return IfCancelled(back=back, kept=left - back, gone_before=gone - promised, promised_before=promised)

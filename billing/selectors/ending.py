"""What goes back of an appointment's payments when it is cancelled."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import datetime

from billing.arithmetic import owed
from billing.models import Payment
from billing.selectors.owed import buys, keeps_of
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
    payments = Payment.objects.filter(appointment=appointment, status=PaymentStatus.SUCCEEDED)
    paid = [(one.captured_minor, gone_of(one)) for one in payments if buys(one, ended)]
    captured, gone = sum(one for one, _ in paid), sum(one for _, one in paid)
    back = owed(captured=captured, gone=gone, keeps=keeps_of(ended, captured))
    # What did not add up has booked nothing, so nothing of it is kept.
    odd = [(one.captured_minor, gone_of(one)) for one in payments if one.outcome == Outcome.REVIEW]
    whole = sum(one for one, _ in odd) - sum(one for _, one in odd)
    promised = sum(waiting_of(one) for one in payments if one.outcome != Outcome.REFUNDED)
    return IfCancelled(
        back=back + max(whole, 0),
        kept=max(captured - gone, 0) - back,
        gone_before=gone + sum(one for _, one in odd) - promised,
        promised_before=promised,
    )

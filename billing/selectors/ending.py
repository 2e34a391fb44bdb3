"""What goes back of an appointment's payments when it is cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from billing.models import Payment
from billing.selectors.owed import foreseen
from billing.selectors.payments import gone_of, waiting_of
from billing.states import Outcome, PaymentStatus
from booking.models import Appointment
from booking.states import CancelReason, Status


@dataclass(frozen=True, kw_only=True)
class IfCancelled:
    """What goes back of an appointment's payments if the patient cancels it, and what is kept, in minor units.

    Beside it, what has gone back before, and what was promised before and still goes back, also where it failed.
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
    ended = foreseen(appointment, status=Status.CANCELLED, cancel_reason=CancelReason.PATIENT, cancelled_at=now)
    here = [max(sum(known.room.values()), 0) for known in ended]
    owed = sum(min(known.owed, left) for known, left in zip(ended, here, strict=True))
    back = sum(min(known.anew, left) for known, left in zip(ended, here, strict=True))
    payments = Payment.objects.filter(appointment=appointment, status=PaymentStatus.SUCCEEDED)
    counted = list(payments.exclude(outcome=Outcome.REFUNDED))
    gone, promised = sum(gone_of(one) for one in counted), sum(waiting_of(one) for one in counted)
    # An officer sends again what failed, so nobody keeps it.
    still = promised + owed - back
    return IfCancelled(back=back, kept=sum(here) - owed, gone_before=gone - promised, promised_before=still)

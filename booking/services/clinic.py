from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.models import User
from booking.models import Cancelling
from booking.policies import assert_may_cancel_for_clinic
from booking.selectors.ahead import appointments_ahead
from booking.services.bulk import cancel_many
from booking.states import CancelReason


def appointments_cancel_by_clinic(
    *, actor: User, doctor_id: UUID, appointment_ids: Sequence[UUID] | None, now: datetime
) -> Cancelling:
    """Cancel a doctor's appointments that are still to come, all (None) or those named, and tell the patients.

    One after the other, each with its messages in a transaction of its own (`cancel_many`): what was cancelled
    meanwhile is left as it is. Why the clinic may do that is the caller's matter. Raises `Forbidden` for whoever does
    not decide about doctors.
    """
    assert_may_cancel_for_clinic(actor)
    ahead = appointments_ahead(doctor_id, now=now)
    if appointment_ids is not None:
        ahead = ahead.filter(public_id__in=list(appointment_ids))
    return cancel_many(ahead, CancelReason.CLINIC, actor=actor, now=now)

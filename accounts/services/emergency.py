from __future__ import annotations

from datetime import datetime
from uuid import UUID

from accounts.models import User


def emergency_mark(*, user_id: UUID, until: datetime | None) -> None:
    """Write down until when a record is open to an account in an emergency (None: no longer), in the caller's
    transaction, which writes the event: it is what every page is told by, and gives no right.
    """
    User.objects.filter(public_id=user_id).update(emergency_until=until)

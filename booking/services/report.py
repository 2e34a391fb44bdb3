from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from audit.services import Subject, event_record
from booking.policies import may_read_register
from common.errors import Forbidden


@transaction.atomic
def appointments_export_record(*, actor: User, file_format: str, filters: Sequence[str], at_most: int) -> None:
    """Put into the audit log that appointments leave as a file: by whom, as what, narrowed down by which filters.

    Raises `Forbidden` for everybody who may not read the register.
    """
    if not may_read_register(actor):
        raise Forbidden("administrators_only", "Only an administrator can take appointments away as a file.")
    subject = Subject("booking.appointment", "report")
    event_record(
        "export.appointments", subject, actor=actor, format=file_format, filters=list(filters), at_most=at_most
    )

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from audit.services import Subject, event_record
from common.errors import Forbidden
from verification.policies import may_view


@transaction.atomic
def export_record(*, actor: User, file_format: str, filters: Sequence[str], at_most: int) -> None:
    """Put into the audit log that the cases leave as a file: by whom, as what, narrowed down by which filters.

    Raises `Forbidden` for everybody who may not look at cases.
    """
    if not may_view(actor):
        raise Forbidden("not_an_officer", "Only verification officers can do this.")
    subject = Subject("verification.verificationcase", "report")
    event_record(
        "verification.exported", subject, actor=actor, format=file_format, filters=list(filters), at_most=at_most
    )

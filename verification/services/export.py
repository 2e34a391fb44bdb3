from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from audit.services import Subject, event_record


@transaction.atomic
def export_record(*, actor: User, file_format: str, filters: Sequence[str]) -> None:
    """Put into the audit log that the cases leave as a file: by whom, as what, narrowed down by which filters."""
    subject = Subject("verification.verificationcase", "report")
    event_record("verification.exported", subject, actor=actor, format=file_format, filters=list(filters))

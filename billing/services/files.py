from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from audit.services import Subject, event_record
from billing.policies import assert_billing_officer


def payments_export_record(*, actor: User, file_format: str, filters: Sequence[str], at_most: int) -> None:
    """Put into the audit log that payments leave as a file: by whom, as what, narrowed down by which filters.

    Raises `Forbidden` for everybody who is no billing officer.
    """
    _record(actor, "export.payments", Subject("billing.payment", "ledger"), file_format, filters, at_most)


def reconciliations_export_record(*, actor: User, file_format: str, filters: Sequence[str], at_most: int) -> None:
    """As `payments_export_record`, of the comparisons with Stripe."""
    subject = Subject("billing.reconciliation", "report")
    _record(actor, "export.reconciliations", subject, file_format, filters, at_most)


@transaction.atomic
def _record(actor: User, action: str, subject: Subject, file_format: str, filters: Sequence[str], at_most: int) -> None:
    assert_billing_officer(actor)
    event_record(action, subject, actor=actor, format=file_format, filters=list(filters), at_most=at_most)

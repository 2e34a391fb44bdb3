"""The payments ledger in the Wagtail admin: read-only, of nobody by name, on screen and as files."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from billing import selectors, services
from billing.models import Payment
from billing.states import Method, PaymentStatus
from common.inputs import uuid_or_none
from common.money import major
from common.registers import RegisterView, one_of
from common.spreadsheets import TO_THE_MINUTE, RecordedFiles
from common.templatetags.when import local_time
from doctors.registers import VisitsForm

HEADINGS = {
    "reference": "Appointment",
    "begun": "Begun",
    "paid": "Paid",
    "method": "Paid by",
    "status": "Status",
    "attention": "Waits for",
    "asked": "Asked for",
    "taken": "Taken",
    "returned": "Given back",
    "by_banks": "Taken back by a bank",
    "currency": "Currency",
    "doctor": "Doctor",
    "place": "Place",
    "receipts": "Receipts and credit notes",
    "intent": "At Stripe",
    "desk": "Clinic’s reference",
}


class LedgerForm(VisitsForm):
    """The filters of the ledger."""

    field_order = ("reference", "doctor", "location", "status", "method", "since", "until")

    reference = forms.CharField(
        label="Reference",
        required=False,
        max_length=120,
        help_text="The whole of an appointment’s, a receipt’s or Stripe’s own.",
    )
    status = one_of("Status", PaymentStatus.choices)
    method = one_of("Paid by", Method.choices)


class LedgerView(RecordedFiles[Payment], RegisterView[Payment]):
    """One page of the ledger, or a file of all that the filters find; `before` and `after` are public ids."""

    FORMATS = RecordedFiles.FORMATS
    form_class = LedgerForm
    one, many = "payment", "payments"
    keys = (*RegisterView.keys, RegisterView.EXPORT_VAR)
    headings = HEADINGS
    file_name = "payments"
    form: LedgerForm

    def get_queryset(self, request: HttpRequest | None = None) -> QuerySet[Payment]:
        return selectors.ledger_rows(super().get_queryset(request))

    def found(self) -> QuerySet[Payment]:
        return selectors.ledger_found(selectors.LedgerSearch(**self.form.asked()))

    def estimate(self) -> int:
        return selectors.ledger_estimate()

    def key_of(self, row: Payment) -> str:
        return str(row.public_id)

    def key_in(self, text: str) -> UUID | None:
        return uuid_or_none(text)

    def behind(self, found: QuerySet[Payment], key: UUID) -> QuerySet[Payment]:
        return selectors.ledger_beyond(found, key, is_rising=False)

    def ahead(self, found: QuerySet[Payment], key: UUID) -> QuerySet[Payment]:
        return selectors.ledger_beyond(found, key, is_rising=True)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        files = {"csv_url": self._address(export="csv"), "xlsx_url": self._address(export="xlsx")}
        return super().get_context_data(at_most=f"{self.exported_at_most:,}", **files, **kwargs)

    def record_file(self, *, file_format: str, filters: list[str]) -> None:
        services.payments_export_record(
            actor=cast("User", self.request.user),
            file_format=file_format,
            filters=filters,
            at_most=self.exported_at_most,
        )

    def cells(self, row: Payment) -> dict[str, Any]:
        zone = row.appointment.location.zone
        return {
            "reference": row.appointment.reference,
            "begun": f"{local_time(row.created_at, zone):{TO_THE_MINUTE} %Z}",
            "paid": f"{local_time(row.paid_at, zone):{TO_THE_MINUTE} %Z}" if row.paid_at else "",
            "method": row.get_method_display(),
            "status": row.get_status_display(),
            "attention": row.get_attention_display() if row.attention else "",
            "asked": major(row.amount_minor),
            "taken": major(row.captured_minor),
            "returned": major(getattr(row, "returned_minor", 0)),
            "by_banks": major(getattr(row, "by_banks_minor", 0)),
            "currency": row.currency.upper(),
            "doctor": row.appointment.doctor.name,
            "place": row.appointment.location.name,
            "receipts": ", ".join(receipt.number for receipt in row.receipts.all()),
            "intent": row.intent_id or "",
            "desk": row.desk_reference,
        }

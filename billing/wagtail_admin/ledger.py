"""The payments ledger in the Wagtail admin: read-only, and of nobody by name."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.db.models import QuerySet

from billing import selectors
from billing.models import Payment
from billing.states import Method, PaymentStatus
from common.inputs import uuid_or_none
from common.registers import ANY, AS_WIDE_AS_ITS_COLUMN, PeriodForm, RegisterView


class LedgerForm(PeriodForm):
    """The filters of the ledger."""

    field_order = ("reference", "status", "method", "since", "until")

    reference = forms.CharField(
        label="Reference",
        required=False,
        max_length=120,
        help_text="The whole of an appointment’s, a receipt’s or Stripe’s own.",
    )
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[ANY, *PaymentStatus.choices],
        widget=forms.Select(attrs=AS_WIDE_AS_ITS_COLUMN),
    )
    method = forms.ChoiceField(
        label="Paid by",
        required=False,
        choices=[ANY, *Method.choices],
        widget=forms.Select(attrs=AS_WIDE_AS_ITS_COLUMN),
    )

    def search(self) -> selectors.LedgerSearch:
        """What is asked for by the fields, which are right; empty ones ask nothing."""
        return selectors.LedgerSearch(**self.asked())


class LedgerView(RegisterView[Payment]):
    """One page of the ledger; `before` and `after` are public ids of payments."""

    form_class = LedgerForm
    one, many = "payment", "payments"
    form: LedgerForm

    def found(self) -> QuerySet[Payment]:
        return selectors.ledger_found(self.form.search())

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

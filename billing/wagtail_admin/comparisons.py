"""The comparisons with Stripe as a report: what it had, what we had, and what became of differences."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from billing import selectors, services
from billing.models import Reconciliation
from billing.policies import is_billing_officer
from common.money import major
from common.registers import PeriodForm
from common.reports import RecordedReport
from common.spreadsheets import TO_THE_MINUTE
from common.templatetags.when import local_time

HEADINGS = {
    "run": "Compared",
    "since": "Since",
    "by": "By",
    "stripe": "Stripe has",
    "ours": "We have",
    "difference": "Difference",
    "count": "Differed",
    "outcomes": "What became of it",
}


class ComparisonsView(RecordedReport[Reconciliation]):
    model = Reconciliation
    page_title = "Comparisons with Stripe"
    header_icon = "tag"
    template_name = "billing/admin/comparisons.html"
    index_url_name = "billing_comparisons"
    paginate_by = 50
    headings = HEADINGS
    file_name = "comparisons-with-stripe"
    form_class = PeriodForm
    export_record = staticmethod(services.reconciliations_export_record)

    def may_see(self) -> bool:
        return is_billing_officer(self.request.user)

    def get_queryset(self) -> QuerySet[Reconciliation]:
        return selectors.reconciliations(**self.form.asked()) if self.form.is_valid() else selectors.reconciliations()

    def cells(self, row: Reconciliation) -> dict[str, Any]:
        return {
            "run": f"{local_time(row.run_at):{TO_THE_MINUTE}}",
            "since": f"{local_time(row.since):{TO_THE_MINUTE}}",
            "by": row.run_by.shown_name if row.run_by else "Every night",
            "stripe": major(row.stripe_minor),
            "ours": major(row.ours_minor),
            "difference": major(row.stripe_minor - row.ours_minor),
            "count": len(row.differences),
            "outcomes": "; ".join(f"{one['kind']} {one['id']}: {one['outcome']}" for one in row.differences),
        }

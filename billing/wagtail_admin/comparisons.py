"""The comparisons with Stripe as a report: what it had, what we had, and what became of differences."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.views.reports import ReportView as WagtailReportView

from accounts.models import User
from billing import selectors, services
from billing.models import Reconciliation
from billing.policies import is_billing_officer
from common.money import major
from common.registers import PeriodForm
from common.spreadsheets import TO_THE_MINUTE, RecordedFiles
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


class ComparisonsView(RecordedFiles[Reconciliation], WagtailReportView):
    model = Reconciliation
    page_title = "Comparisons with Stripe"
    header_icon = "tag"
    template_name = "billing/admin/comparisons.html"
    index_url_name = "billing_comparisons"
    is_searchable = False
    paginate_by = 50
    columns: ClassVar[list[Any]] = []
    list_export: ClassVar[list[str]] = list(HEADINGS)
    headings = HEADINGS
    file_name = "comparisons-with-stripe"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_billing_officer(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def form(self) -> PeriodForm:
        return PeriodForm(self.request.GET)

    def get_queryset(self) -> QuerySet[Reconciliation]:
        return selectors.reconciliations(**self.form.asked()) if self.form.is_valid() else selectors.reconciliations()

    def form_asked(self) -> PeriodForm:
        return self.form

    def record_file(self, *, file_format: str, filters: list[str]) -> None:
        services.reconciliations_export_record(
            actor=cast("User", self.request.user),
            file_format=file_format,
            filters=filters,
            at_most=self.exported_at_most,
        )

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        links = {} if self.is_export else {"csv_url": self.csv_export_url, "xlsx_url": self.xlsx_export_url}
        return {**context, **links, "form": self.form, "here": reverse("billing_comparisons")}

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

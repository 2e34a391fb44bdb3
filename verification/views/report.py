"""How decisions have gone: a report with a file of it for a spreadsheet."""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta
from typing import Any, ClassVar, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.views.reports import ReportView as WagtailReportView

from accounts.models import User
from common import clock
from common.spreadsheets import plain_cell
from common.templatetags.when import local_time
from verification import selectors, services
from verification.forms import ReportForm
from verification.models import VerificationCase
from verification.presentation import spoken
from verification.selectors.worklist import decisions_found, median_to_decision

HEADINGS = {
    "doctor": "Doctor",
    "gmc_number": "GMC number",
    "stage": "Stage",
    "submitted": "Submitted",
    "decided": "Decided",
    "hours": "Hours to decision",
    "officer": "Decided by",
    "reason": "Reason",
}
TO_THE_MINUTE = "%Y-%m-%d %H:%M"


def hours_to_decision(case: Any) -> float | None:
    """From submitting to the first decision, time with the doctor included."""
    if case.decision_at is None:
        return None
    return round((case.decision_at - case.submitted_at) / timedelta(hours=1), 1)


class ReportView(WagtailReportView):
    model = VerificationCase
    page_title = "Verification decisions"
    header_icon = "circle-check"
    template_name = "verification/admin/report.html"
    any_permission_required: ClassVar[list[str]] = ["view"]
    index_url_name = "verification:report"
    is_searchable = False
    columns: ClassVar[list[Any]] = []
    list_export: ClassVar[list[str]] = list(HEADINGS)
    export_headings: ClassVar[dict[str, str]] = HEADINGS

    @cached_property
    def form(self) -> ReportForm:
        return ReportForm(self.request.GET, officers=selectors.officers())

    def get_queryset(self) -> QuerySet[Any]:
        if not self.form.is_valid():
            return VerificationCase.objects.none()
        asked = dict(self.form.cleaned_data)
        officer = asked.pop("officer")
        return decisions_found(**asked, officer=UUID(officer) if officer else None)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.is_export and self.form.is_valid():
            asked = sorted(name for name, value in self.form.cleaned_data.items() if value)
            services.export_record(actor=cast("User", request.user), file_format=request.GET["export"], filters=asked)
        return super().get(request, *args, **kwargs)

    def get_filename(self) -> str:
        return f"verification-decisions-{clock.now():%Y-%m-%d}"

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        if self.is_export:
            return context
        rows = [(case, self._took(case)) for case in context["object_list"]]
        links = {"csv_url": self.csv_export_url, "xlsx_url": self.xlsx_export_url}
        median = spoken(median_to_decision(self.object_list)) if self.form.is_valid() else ""
        return {
            **context,
            **links,
            "form": self.form,
            "rows": rows,
            "median": median,
            "here": reverse("verification:report"),
        }

    def _took(self, case: Any) -> str:
        return spoken(case.decision_at - case.submitted_at) if case.decision_at else ""

    def to_row_dict(self, item: Any) -> OrderedDict[str, Any]:
        cells = {
            "doctor": item.doctor.name,
            "gmc_number": item.doctor.gmc_number,
            "stage": item.get_status_display(),
            "submitted": f"{local_time(item.submitted_at):{TO_THE_MINUTE}}",
            "decided": f"{local_time(item.decision_at):{TO_THE_MINUTE}}" if item.decision_at else "",
            "hours": hours_to_decision(item),
            "officer": item.decided_by.shown_name if item.decided_by else "",
            "reason": item.get_reason_code_display(),
        }
        return OrderedDict(cells)

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        """No words start a formula: in a workbook Wagtail marks them as words, in a CSV nothing else can."""
        return plain_cell(value) if isinstance(value, str) and export_format == self.FORMAT_CSV else value

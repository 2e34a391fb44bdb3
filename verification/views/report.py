"""How decisions have gone: a report with a file of it for a spreadsheet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import cached_property

from common.reports import RecordedReport
from common.spreadsheets import TO_THE_MINUTE
from common.templatetags.when import local_time
from verification import selectors, services
from verification.forms import ReportForm
from verification.models import VerificationCase
from verification.policies import may_view
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


def hours_to_decision(case: Any) -> float | None:
    """From submitting to the first decision, time with the doctor included."""
    if case.decision_at is None:
        return None
    return round((case.decision_at - case.submitted_at) / timedelta(hours=1), 1)


class ReportView(RecordedReport[Any]):
    model = VerificationCase
    page_title = "Verification decisions"
    header_icon = "circle-check"
    template_name = "verification/admin/report.html"
    index_url_name = "verification:report"
    headings = HEADINGS
    file_name = "verification-decisions"
    export_record = staticmethod(services.export_record)

    def may_see(self) -> bool:
        return may_view(self.request.user)

    @cached_property
    def form(self) -> ReportForm:
        return ReportForm(self.request.GET, officers=selectors.officers())

    def get_queryset(self) -> QuerySet[Any]:
        if not self.form.is_valid():
            return VerificationCase.objects.none()
        asked = dict(self.form.cleaned_data)
        officer = asked.pop("officer")
        return decisions_found(**asked, officer=UUID(officer) if officer else None)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        if self.is_export:
            return context
        rows = [(case, self._took(case)) for case in context["object_list"]]
        median = spoken(median_to_decision(self.object_list)) if self.form.is_valid() else ""
        return {**context, "rows": rows, "median": median}

    def _took(self, case: Any) -> str:
        return spoken(case.decision_at - case.submitted_at) if case.decision_at else ""

    def cells(self, row: Any) -> dict[str, Any]:
        return {
            "doctor": row.doctor.name,
            "gmc_number": row.doctor.gmc_number,
            "stage": row.get_status_display(),
            "submitted": f"{local_time(row.submitted_at):{TO_THE_MINUTE}}" if row.submitted_at else "",
            "decided": f"{local_time(row.decision_at):{TO_THE_MINUTE}}" if row.decision_at else "",
            "hours": hours_to_decision(row),
            "officer": row.decided_by.shown_name if row.decided_by else "",
            "reason": row.get_reason_code_display(),
        }

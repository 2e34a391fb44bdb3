"""The appointments report: how many, what became of them, and files of it that name no patient."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet

from booking import selectors, services
from booking.models import Appointment
from booking.policies import may_read_register
from booking.wagtail_admin.charts import appointments_chart
from booking.wagtail_admin.register import RegisterForm
from common import clock
from common.registers import AS_WIDE_AS_ITS_COLUMN, one_of
from common.reports import RecordedReport
from common.spreadsheets import TO_THE_MINUTE
from common.templatetags.when import local_time
from doctors.selectors import VisitSearch
from doctors.states import Modality

SHOWN_DAYS, MOST_DAYS, MOST_BARS = 28, 366, 45
HEADINGS = {
    "reference": "Reference",
    "start": "Start",
    "doctor": "Doctor",
    "place": "Place",
    "modality": "How",
    "status": "Status",
    "cancelled": "Why cancelled",
    "booked": "Booked on",
}


class ReportForm(RegisterForm):
    """The filters of the report; without days the last four weeks."""

    field_order = ("since", "until", "location", "doctor", "status", "modality", "by")  # type: ignore[assignment]

    reference = None  # type: ignore[assignment]
    modality = one_of("How", Modality.choices)
    by = forms.ChoiceField(
        label="Counted by",
        required=False,
        choices=[("", "What fits"), ("day", "Day"), ("week", "Week")],
        widget=forms.Select(attrs=AS_WIDE_AS_ITS_COLUMN),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        given["until"] = given.get("until") or clock.clinic_day(clock.now())
        given["since"] = given.get("since") or given["until"] - timedelta(days=SHOWN_DAYS - 1)
        if "until" not in self.errors and given["until"] - given["since"] >= timedelta(days=MOST_DAYS):
            self.add_error("until", "Choose a year at most.")
        return given

    @property
    def days(self) -> tuple[date, date]:
        return self.cleaned_data["since"], self.cleaned_data["until"]

    @property
    def is_by_week(self) -> bool:
        first, last = self.days
        is_long = (last - first).days >= MOST_BARS
        return is_long or self.cleaned_data["by"] == "week"

    def found(self) -> QuerySet[Appointment]:
        given = self.asked()
        modality = given.pop("modality", "")
        given.pop("by", None)
        return selectors.report_found(VisitSearch(**given), modality)


class AppointmentsReportView(RecordedReport[Appointment]):
    model = Appointment
    page_title = "Appointments"
    header_icon = "calendar"
    template_name = "booking/admin/report.html"
    index_url_name = "appointments_report"
    paginate_by = None
    headings = HEADINGS
    file_name = "appointments"
    form_class = ReportForm
    export_record = staticmethod(services.appointments_export_record)

    def may_see(self) -> bool:
        return may_read_register(self.request.user)

    def get_queryset(self) -> QuerySet[Appointment]:
        if not (self.is_export and self.form.is_valid()):
            # The page counts and lists nothing; the rows are for files alone.
            return Appointment.objects.none()
        found: QuerySet[Appointment] = self.form.found()
        return found

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        if self.is_export:
            return context
        counted: list[selectors.Counted] = []
        if self.form.is_valid():
            counted = selectors.report_counts(self.form.found(), *self.form.days, by_week=self.form.is_by_week)
        names = ("booked", "missed", "cancelled", "waiting")
        return {
            **context,
            "counted": counted,
            "chart": appointments_chart(counted, by_week=self.form.is_by_week) if counted else None,
            "total": {name: sum(getattr(one, name) for one in counted) for name in names},
            "is_by_week": bool(counted) and self.form.is_by_week,
        }

    def cells(self, row: Appointment) -> dict[str, Any]:
        zone = row.location.zone
        return {
            "reference": row.reference,
            "start": f"{local_time(row.start, zone):{TO_THE_MINUTE} %Z}",
            "doctor": row.doctor.name,
            "place": row.location.name,
            "modality": Modality(row.modality).label,
            "status": row.get_status_display(),
            "cancelled": row.get_cancel_reason_display(),
            "booked": f"{local_time(row.created_at):{TO_THE_MINUTE}}",
        }

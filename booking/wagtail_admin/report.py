"""The appointments report: how many, what became of them, and files of it that name no patient."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date, timedelta
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.views.reports import ReportView as WagtailReportView

from accounts.models import User
from booking import selectors, services
from booking.models import Appointment
from booking.policies import may_read_register
from booking.wagtail_admin.register import RegisterForm
from common import clock
from common.charts import stacked
from common.registers import ANY, AS_WIDE_AS_ITS_COLUMN
from common.spreadsheets import plain_cell
from common.templatetags.when import local_time
from doctors.states import Modality

SHOWN_DAYS, MOST_DAYS, MOST_BARS = 28, 366, 45
EXPORTED_AT_MOST = 50_000
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
TO_THE_MINUTE = "%Y-%m-%d %H:%M"


class ReportForm(RegisterForm):
    """The filters of the report; without days the last four weeks."""

    field_order = ("since", "until", "location", "doctor", "status", "modality", "by")  # type: ignore[assignment]

    reference = None  # type: ignore[assignment]
    modality = forms.ChoiceField(
        label="How",
        required=False,
        choices=[ANY, *Modality.choices],
        widget=forms.Select(attrs=AS_WIDE_AS_ITS_COLUMN),
    )
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
        place, modality = given.pop("location", None), given.pop("modality", "")
        given.pop("by", None)
        return selectors.report_found(selectors.Search(**given, location=place.pk if place else None), modality)


class AppointmentsReportView(WagtailReportView):
    model = Appointment
    page_title = "Appointments"
    header_icon = "calendar"
    template_name = "booking/admin/report.html"
    index_url_name = "appointments_report"
    is_searchable = False
    paginate_by = None
    columns: ClassVar[list[Any]] = []
    list_export: ClassVar[list[str]] = list(HEADINGS)
    export_headings: ClassVar[dict[str, str]] = HEADINGS

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_read_register(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def form(self) -> ReportForm:
        return ReportForm(self.request.GET)

    def get_queryset(self) -> QuerySet[Appointment]:
        if not (self.is_export and self.form.is_valid()):
            # The page counts and lists nothing; the rows are for files alone.
            return Appointment.objects.none()
        return self.form.found()[:EXPORTED_AT_MOST]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.is_export and self.form.is_valid():
            asked = sorted(name for name, value in self.form.cleaned_data.items() if value)
            services.appointments_export_record(
                actor=cast("User", request.user),
                file_format=request.GET["export"],
                filters=asked,
                at_most=EXPORTED_AT_MOST,
            )
        return super().get(request, *args, **kwargs)

    def get_filename(self) -> str:
        return f"appointments-{clock.now():%Y-%m-%d}"

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        if self.is_export:
            return context
        counted: list[selectors.Counted] = []
        if self.form.is_valid():
            counted = selectors.report_counts(self.form.found(), *self.form.days, by_week=self.form.is_by_week)
        chart = stacked([(one.booked, one.missed, one.cancelled) for one in counted])
        names = ("booked", "missed", "cancelled", "waiting")
        return {
            **context,
            "form": self.form,
            "here": reverse("appointments_report"),
            "csv_url": self.csv_export_url,
            "xlsx_url": self.xlsx_export_url,
            "at_most": f"{EXPORTED_AT_MOST:,}",
            "counted": counted,
            "chart": chart,
            "total": {name: sum(getattr(one, name) for one in counted) for name in names},
            "is_by_week": bool(counted) and self.form.is_by_week,
        }

    def to_row_dict(self, item: Any) -> OrderedDict[str, Any]:
        zone = item.location.zone
        cells = {
            "reference": item.reference,
            "start": f"{local_time(item.start, zone):{TO_THE_MINUTE} %Z}",
            "doctor": item.doctor.name,
            "place": item.location.name,
            "modality": Modality(item.modality).label,
            "status": item.get_status_display(),
            "cancelled": item.get_cancel_reason_display(),
            "booked": f"{local_time(item.created_at):{TO_THE_MINUTE}}",
        }
        return OrderedDict(cells)

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        """No words start a formula: in a workbook Wagtail marks them as words, in a CSV nothing else can."""
        return plain_cell(value) if isinstance(value, str) and export_format == self.FORMAT_CSV else value

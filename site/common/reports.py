"""Reports in the Wagtail admin: filters, what they find, and files of it that the audit log knows of."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Protocol, TypeVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.views.reports import ReportView

from common.spreadsheets import RecordedFiles

RowT = TypeVar("RowT", bound=Model)


class ExportRecord(Protocol):
    """The service that puts into the audit log that a file leaves; it raises `Forbidden` for whoever may not."""

    def __call__(self, *, actor: Any, file_format: str, filters: list[str], at_most: int) -> None: ...


class RecordedReport(RecordedFiles[RowT], ReportView):
    """A report for those whom `may_see` lets in, with its files.

    `form_class` is given the query; `export_record` is a static method. The template extends
    `ui/layout_report.html` and is given `form`, `here`, `csv_url`, `xlsx_url` and `at_most`.
    """

    form_class: ClassVar[type[forms.Form]]
    export_record: ClassVar[ExportRecord]
    is_searchable = False
    columns: ClassVar[list[Any]] = []

    @abstractmethod
    def may_see(self) -> bool:
        """Whether the report is for the person who asks."""

    @property
    def list_export(self) -> list[str]:
        return list(self.headings)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.may_see():
            raise PermissionDenied
        sent: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return sent

    @cached_property
    def form(self) -> Any:
        return self.form_class(self.request.GET)

    def record_file(self, *, file_format: str, filters: list[str]) -> None:
        self.export_record(
            actor=self.request.user, file_format=file_format, filters=filters, at_most=self.exported_at_most
        )

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        if self.is_export:
            return {**context}
        return {
            **context,
            "form": self.form,
            "here": reverse(self.index_url_name),
            "csv_url": self.csv_export_url,
            "xlsx_url": self.xlsx_export_url,
            "at_most": f"{self.exported_at_most:,}",
        }

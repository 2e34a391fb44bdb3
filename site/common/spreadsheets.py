"""Text for files that people open in a spreadsheet, and the views of the admin that give such files."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import OrderedDict
from http import HTTPStatus
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpResponseBase
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from common import clock

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
TO_THE_MINUTE = "%Y-%m-%d %H:%M"
RowT = TypeVar("RowT", bound=Model)


def plain_cell(value: object) -> str:
    """A value as a cell that no spreadsheet runs: what would start a formula gets an apostrophe before it."""
    text = str(value)
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text


class RecordedFiles(SpreadsheetExportMixin, ABC, Generic[RowT]):
    """CSV and XLSX of what a report or a register finds, each of them in the audit log.

    The view names its columns twice, in Wagtail's `list_export` and with their headings in `headings`. Where the
    filters are wrong nothing leaves: the answer is the page with what is wrong (422).
    """

    exported_at_most: ClassVar[int] = 50_000
    headings: ClassVar[dict[str, str]]
    file_name: ClassVar[str]
    # What is asked for.
    form: Any

    @abstractmethod
    def record_file(self, *, file_format: str, filters: list[str]) -> None:
        """Tell the audit log, through a service, which refuses whoever may not."""

    @abstractmethod
    def cells(self, row: RowT) -> dict[str, Any]:
        """A row by the names of `headings`, in their order."""

    def as_spreadsheet(self, queryset: QuerySet[RowT], spreadsheet_format: str) -> HttpResponseBase:
        if not self.form.is_valid():
            return self._page_instead()
        asked = sorted(name for name, value in self.form.cleaned_data.items() if value)
        self.record_file(file_format=spreadsheet_format, filters=asked)
        sent: HttpResponseBase = super().as_spreadsheet(queryset[: self.exported_at_most], spreadsheet_format)
        return sent

    def _page_instead(self) -> HttpResponseBase:
        """The page of the same address without the file, which says beside its filters what is wrong with them."""
        asked = self.request.GET.copy()
        del asked["export"]
        self.request.GET = asked
        self.is_export = False
        sent: HttpResponseBase = self.dispatch(self.request, *self.args, **self.kwargs)
        if sent.status_code == HTTPStatus.OK:
            sent.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return sent

    def get_filename(self) -> str:
        return f"{self.file_name}-{clock.now():%Y-%m-%d}"

    def get_heading(self, queryset: QuerySet[RowT], field: str) -> str:
        return self.headings[field]

    def to_row_dict(self, item: RowT) -> OrderedDict[str, Any]:
        return OrderedDict(self.cells(item))

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        """No words start a formula: in a workbook Wagtail marks them as words, in a CSV nothing else can."""
        return plain_cell(value) if isinstance(value, str) and export_format == self.FORMAT_CSV else value

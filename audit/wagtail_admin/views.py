"""The audit log in the Wagtail admin: a read-only register with filters, pages by key, and a CSV of what they find."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from wagtail_modeladmin.views import InspectView

from audit import exports, selectors, services
from audit.actions import KINDS, action_of
from audit.forms import SearchForm
from audit.models import Event
from audit.selectors.events import plain
from common import clock
from common.registers import RegisterView

CSV_KEY = "file"
_LARGEST_KEY = 2**63 - 1


class LogView(RegisterView[Event]):
    """One page of the log; `before` and `after` are ids of events."""

    form_class = SearchForm
    one, many = "event", "events"
    keys = (*RegisterView.keys, CSV_KEY)
    form: SearchForm

    def found(self) -> QuerySet[Event]:
        return selectors.events_found(self.form.search())

    def estimate(self) -> int:
        return selectors.events_estimate()

    def key_of(self, row: Event) -> str:
        return str(row.pk)

    def key_in(self, text: str) -> int | None:
        return min(int(text), _LARGEST_KEY) if text.isdecimal() and text.isascii() else None

    def behind(self, found: QuerySet[Event], key: int) -> QuerySet[Event]:
        return selectors.older_than(found, key)

    def ahead(self, found: QuerySet[Event], key: int) -> QuerySet[Event]:
        return selectors.newer_than(found, key)

    def told(self, rows: Sequence[Event]) -> Sequence[object]:
        return selectors.told(rows, with_addresses=True)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.GET.get(CSV_KEY) == "csv" and self.form.is_valid():
            return self._file(request)
        return super().get(request, *args, **kwargs)

    def _file(self, request: HttpRequest) -> StreamingHttpResponse:
        asked = sorted(name for name, value in self.form.cleaned_data.items() if value)
        services.export_record(actor=request.user, filters=asked, at_most=exports.EXPORTED_AT_MOST)
        lines = exports.csv_lines(self.queryset)
        name = f"audit-log-{clock.now():%Y-%m-%d-%H%M}.csv"
        return StreamingHttpResponse(
            (line.encode() for line in lines),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": content_disposition_header(as_attachment=True, filename=name),
                "Cache-Control": "private, no-store",
            },
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        inspect = self.url_helper.get_action_url_name("inspect")
        return super().get_context_data(inspect_url_name=inspect, exported_at_most=exports.EXPORTED_AT_MOST, **kwargs)


class EventView(InspectView):
    """One event whole, with what else happened to its object and in its request."""

    instance: Event

    def get_page_title(self) -> str:
        return selectors.told([self.instance], with_addresses=True)[0].what

    def get_meta_title(self) -> str:
        return f"Audit event {self.instance.pk}"

    def get_page_subtitle(self) -> str:
        return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event = self.instance
        context = {
            "event": selectors.told([event], with_addresses=True)[0],
            "kind": _kind(event.action),
            "data": [(plain(name), plain(value)) for name, value in sorted(event.data.items())],
            "log_url": self.index_url,
            **kwargs,
        }
        # Not the register's own, which shows every column as it is kept.
        return super(InspectView, self).get_context_data(**context)


def _kind(code: str) -> str:
    try:
        return KINDS[action_of(code).kind]
    except LookupError:
        return ""

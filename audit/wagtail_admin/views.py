"""The audit log in the Wagtail admin: a read-only register with filters, pages by key, and a CSV of what they find."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict, StreamingHttpResponse
from wagtail_modeladmin.views import IndexView, InspectView

from audit import exports, selectors, services
from audit.actions import KINDS, action_of
from audit.forms import SearchForm
from audit.models import Event
from common import clock
from common.keyset import KeyPage, key_page

PAGE_LENGTH = 50
COUNTED_UP_TO = 1_000
PAGE_KEYS = ("before", "after")
CSV_KEY = "file"
_LARGEST_KEY = 2**63 - 1


class LogView(IndexView):
    """One page of the log. `before` and `after` are ids: a page is found by its key, and nothing counts the whole."""

    # The register's own files: they would leave the log without a word in it.
    FORMATS = ()
    form: SearchForm

    def get_queryset(self, request: HttpRequest | None = None) -> QuerySet[Event]:
        asked = request or self.request
        self.form = SearchForm(asked.GET)
        if not self.form.is_valid():
            return Event.objects.none()
        return selectors.events_found(self.form.search())

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
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = _page(self.queryset, self.request.GET)
        asked = self.request.GET.copy()
        for key in (*PAGE_KEYS, CSV_KEY):
            asked.pop(key, None)
        context = {
            "form": self.form,
            "events": selectors.told(page.rows, with_addresses=True),
            "newer": _with(asked, after=page.rows[0].pk) if page.has_previous else "",
            "older": _with(asked, before=page.rows[-1].pk) if page.has_next else "",
            "count": self._count(is_filtered=any(asked.values())),
            "exported_at_most": exports.EXPORTED_AT_MOST,
            "inspect_url_name": self.url_helper.get_action_url_name("inspect"),
            **kwargs,
        }
        # Not the register's own, which counts every row twice.
        return super(IndexView, self).get_context_data(**context)

    def _count(self, *, is_filtered: bool) -> str:
        if not is_filtered:
            estimate = selectors.events_estimate()
            return f"About {estimate:,} events" if estimate > COUNTED_UP_TO else ""
        found = self.queryset[: COUNTED_UP_TO + 1].count()
        if found > COUNTED_UP_TO:
            return f"More than {COUNTED_UP_TO:,} events found"
        return f"{found:,} event{'' if found == 1 else 's'} found"


def _page(events: QuerySet[Event], asked: QueryDict) -> KeyPage[Event]:
    """The events of a page, newest first."""
    after, before = _key(asked.get("after")), _key(asked.get("before"))
    if after is not None:
        nearest = selectors.newer_than(events, after)
        return key_page(nearest[: PAGE_LENGTH + 1], PAGE_LENGTH, is_backwards=True)
    found = selectors.older_than(events, before) if before is not None else events
    return key_page(found[: PAGE_LENGTH + 1], PAGE_LENGTH, has_edge=before is not None)


def _key(text: str | None) -> int | None:
    return min(int(text), _LARGEST_KEY) if text and text.isdecimal() and text.isascii() else None


def _with(asked: QueryDict, **key: int) -> str:
    query = asked.copy()
    query.update({name: str(value) for name, value in key.items()})
    return f"?{query.urlencode()}"


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
            "type_label": selectors.type_label(event.object_type),
            "kind": _kind(event.action),
            "data": sorted(event.data.items()),
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

"""Read-only registers in the Wagtail admin: filters, pages by a key of an index, and nothing that counts the whole."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Generic, TypeVar

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import IndexView

from common import clock
from common.forms import DayField
from common.keyset import KeyPage, key_page

COUNTED_UP_TO = 1_000
ANY = ("", "Any")
# Of a list of choices, however long its longest.
AS_WIDE_AS_ITS_COLUMN = {"class": "w-w-full"}
RowT = TypeVar("RowT", bound=Model)


def one_of(label: str, choices: Sequence[tuple[Any, Any]]) -> forms.ChoiceField:
    """A filter by one of some words, or by none of them."""
    widget = forms.Select(attrs=AS_WIDE_AS_ITS_COLUMN)
    return forms.ChoiceField(label=label, required=False, choices=[ANY, *choices], widget=widget)


class PeriodForm(forms.Form):
    """A register's filters, with the days between which something lies: the clinic's, `until` is the last of them."""

    since = DayField(label="From", required=False)
    until = DayField(label="Until", required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", "Give a day that is not before the first.")
        return given

    def asked(self) -> dict[str, Any]:
        """What the fields that are right ask for, but for empty ones; `since` and `until` are instants, `[)`."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        if since := given.get("since"):
            given["since"] = _midnight(since)
        if until := given.get("until"):
            given["until"] = _midnight(until + timedelta(days=1))
        return given


def _midnight(day: date) -> datetime:
    return clock.moment(day, time(), clock.clinic_zone())


class RegisterView(IndexView, ABC, Generic[RowT]):
    """One page of a register. `before` and `after` in the address name the row that it ends at.

    `one` and `many` are what its rows are called.
    """

    # The package's own files: they would leave the register without a word in the audit log.
    FORMATS = ()
    page_length: ClassVar[int] = 50
    form_class: ClassVar[type[PeriodForm]]
    one: ClassVar[str]
    many: ClassVar[str]
    # Of the address, what is not a filter.
    keys: ClassVar[tuple[str, ...]] = ("before", "after")
    form: PeriodForm

    @abstractmethod
    def found(self) -> QuerySet[RowT]:
        """What the form, which is valid, asks for, the latest first."""

    @abstractmethod
    def estimate(self) -> int:
        """About how many there are in all."""

    @abstractmethod
    def key_of(self, row: RowT) -> str: ...

    @abstractmethod
    def key_in(self, text: str) -> Any | None:
        """What `key_of` has written; None for what is no key, which asks nothing."""

    @abstractmethod
    def behind(self, found: QuerySet[RowT], key: Any) -> QuerySet[RowT]:
        """Those that come behind the row of that key; none where there is no such row."""

    @abstractmethod
    def ahead(self, found: QuerySet[RowT], key: Any) -> QuerySet[RowT]:
        """Those that come before the row of that key, the nearest first."""

    def told(self, rows: Sequence[RowT]) -> Sequence[object]:
        """The rows as the page shows them."""
        return rows

    def get_queryset(self, request: HttpRequest | None = None) -> QuerySet[RowT]:
        self.form = self.form_class((request or self.request).GET)
        empty: QuerySet[RowT] = self.model._default_manager.none()
        return self.found() if self.form.is_valid() else empty

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self._page()
        context = {
            "form": self.form,
            "rows": self.told(page.rows),
            "ahead": self._address(after=self.key_of(page.rows[0])) if page.has_previous else "",
            "behind": self._address(before=self.key_of(page.rows[-1])) if page.has_next else "",
            "count": self._count(),
            **kwargs,
        }
        # Not the package's own, which counts every row twice.
        return super(IndexView, self).get_context_data(**context)

    def _page(self) -> KeyPage[RowT]:
        after, before = (self.key_in(self.request.GET.get(name, "")) for name in ("after", "before"))
        read, size = self.page_length + 1, self.page_length
        if after is not None:
            return key_page(self.ahead(self.queryset, after)[:read], size, is_backwards=True)
        found = self.queryset if before is None else self.behind(self.queryset, before)
        return key_page(found[:read], size, has_edge=before is not None)

    def _address(self, **key: str) -> str:
        query = self.request.GET.copy()
        for name in self.keys:
            query.pop(name, None)
        query.update(key)
        return f"?{query.urlencode()}"

    def _count(self) -> str:
        asked = (value for name, value in self.request.GET.items() if name not in self.keys)
        if not any(asked):
            estimate = self.estimate()
            return f"About {estimate:,} {self.many}" if estimate > COUNTED_UP_TO else ""
        found = self.queryset.order_by()[: COUNTED_UP_TO + 1].count()
        if found > COUNTED_UP_TO:
            return f"More than {COUNTED_UP_TO:,} {self.many} found"
        return f"{found:,} {self.one if found == 1 else self.many} found"


class ReadOnly(PermissionHelper):
    """A register is read, and nothing else: services alone change what it shows."""

    def user_can_inspect_obj(self, user: Any, obj: Any) -> bool:
        return False

    def user_can_create(self, user: Any) -> bool:
        return False

    def user_can_edit_obj(self, user: Any, obj: Any) -> bool:
        return False

    def user_can_delete_obj(self, user: Any, obj: Any) -> bool:
        return False


class RegisterAdmin(ModelAdmin):
    """What a register is in the menu. Its rows refer to nothing that the admin could delete, so the package's signals
    stay away from writing them, and there is no edit page to find."""

    def register_admin_url_finders(self) -> None:
        pass

    def register_indexing(self) -> None:
        pass

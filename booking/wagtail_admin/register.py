"""The appointments register in the Wagtail admin: read-only, pages by key, of nobody by name."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from wagtail_modeladmin.views import IndexView

from booking import selectors
from booking.models import Appointment
from booking.states import Status
from common import clock
from common.forms import DayField
from common.inputs import uuid_or_none
from common.keyset import KeyPage, key_page
from doctors.models import Location

PAGE_LENGTH = 50
COUNTED_UP_TO = 1_000
PAGE_KEYS = ("before", "after")
ANY = ("", "Any")
_AS_WIDE_AS_ITS_COLUMN = {"class": "w-w-full"}


class RegisterForm(forms.Form):
    """The filters of the register. Days are the clinic's; `until` is the last of them."""

    reference = forms.CharField(label="Reference", required=False, max_length=20, help_text="The whole of it.")
    doctor = forms.CharField(label="Doctor", required=False, max_length=120, help_text="Words of the name.")
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[ANY, *Status.choices],
        widget=forms.Select(attrs=_AS_WIDE_AS_ITS_COLUMN),
    )
    location = forms.ModelChoiceField(
        label="Place",
        required=False,
        queryset=Location.objects.order_by("name"),
        empty_label="Any",
        widget=forms.Select(attrs=_AS_WIDE_AS_ITS_COLUMN),
    )
    since = DayField(label="From", required=False)
    until = DayField(label="Until", required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", "Give a day that is not before the first.")
        return given

    def search(self) -> selectors.Search:
        """What is asked for by the fields, which are right; empty ones ask nothing."""
        given = dict(self.cleaned_data)
        since, until, place = given.pop("since"), given.pop("until"), given.pop("location")
        zone = clock.clinic_zone()
        return selectors.Search(
            **given,
            location=place.pk if place else None,
            since=clock.moment(since, time(), zone) if since else None,
            until=clock.moment(until + timedelta(days=1), time(), zone) if until else None,
        )


class RegisterView(IndexView):
    """One page of the register. `before` and `after` name the appointment that it ends at; nothing counts the whole."""

    # The register's own files: they would leave it without a word in the audit log.
    FORMATS = ()
    form: RegisterForm

    def get_queryset(self, request: HttpRequest | None = None) -> QuerySet[Appointment]:
        asked = request or self.request
        self.form = RegisterForm(asked.GET)
        if not self.form.is_valid():
            return Appointment.objects.none()
        return selectors.register_found(self.form.search())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = _page(self.queryset, self.request.GET)
        asked = self.request.GET.copy()
        for key in PAGE_KEYS:
            asked.pop(key, None)
        context = {
            "form": self.form,
            "appointments": page.rows,
            "later": _with(asked, after=page.rows[0].public_id) if page.has_previous else "",
            "earlier": _with(asked, before=page.rows[-1].public_id) if page.has_next else "",
            "count": self._count(is_filtered=any(asked.values())),
            **kwargs,
        }
        # Not the register's own, which counts every row twice.
        return super(IndexView, self).get_context_data(**context)

    def _count(self, *, is_filtered: bool) -> str:
        if not is_filtered:
            estimate = selectors.register_estimate()
            return f"About {estimate:,} appointments" if estimate > COUNTED_UP_TO else ""
        found = self.queryset.order_by()[: COUNTED_UP_TO + 1].count()
        if found > COUNTED_UP_TO:
            return f"More than {COUNTED_UP_TO:,} appointments found"
        return f"{found:,} appointment{'' if found == 1 else 's'} found"


def _page(found: QuerySet[Appointment], asked: QueryDict) -> KeyPage[Appointment]:
    """The appointments of a page, the latest first."""
    after, before = uuid_or_none(asked.get("after", "")), uuid_or_none(asked.get("before", ""))
    if after is not None:
        nearest = selectors.register_after(found, after)
        return key_page(nearest[: PAGE_LENGTH + 1], PAGE_LENGTH, is_backwards=True)
    rows = selectors.register_before(found, before) if before else found
    return key_page(rows[: PAGE_LENGTH + 1], PAGE_LENGTH, has_edge=before is not None)


def _with(asked: QueryDict, **key: UUID) -> str:
    query = asked.copy()
    query.update({name: str(value) for name, value in key.items()})
    return f"?{query.urlencode()}"

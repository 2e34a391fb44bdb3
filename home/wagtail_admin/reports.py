"""Reports on the content of the site: filters, a table, CSV and XLSX. No patient and no money is in any of them."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.views.reports import ReportView
from wagtail.images import get_image_model
from wagtail.models import Page, ReferenceIndex
from wagtail.permissions import policy_registry

from common import clock
from common.spreadsheets import plain_cell
from doctors.models import Doctor, Specialty
from home.wagtail_admin.checks import Kind
from home.wagtail_admin.contents import Used, pieces_of
from home.wagtail_admin.desk import (
    doctors_without_page,
    findings_of,
    live_pages,
    may_write,
    page_types,
    pages_for,
    reviewed_types,
    today,
)
from home.wagtail_admin.links import broken_links

MOST_IMAGES = 1000


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a report: `cells` by the names of its headings, and where its first cell leads."""

    cells: dict[str, Any]
    href: str = ""

    @property
    def first(self) -> Any:
        return next(iter(self.cells.values()))

    @property
    def rest(self) -> list[Any]:
        return list(self.cells.values())[1:]


class TypeForm(forms.Form):
    """Which pages the report looks at."""

    type = forms.ChoiceField(label="Type of page", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = sorted((str(model._meta.verbose_name).capitalize(), model._meta.label_lower) for model in page_types())
        choices = [("", "Any"), *((label, name) for name, label in known)]
        self.fields["type"] = forms.ChoiceField(label="Type of page", required=False, choices=choices)


class ContentReport(ReportView):
    """A report for everybody who writes pages: of the pages that the person may edit."""

    template_name = "home/admin/report.html"
    # Under /admin/content/.
    path: ClassVar[str]
    page_title: ClassVar[str]
    header_icon = "doc-full"
    lead: ClassVar[str] = ""
    nothing: ClassVar[str] = "Nothing to do here."
    headings: ClassVar[dict[str, str]]
    form_class: ClassVar[type[forms.Form]] = TypeForm
    is_searchable = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_write(request.user):
            raise PermissionDenied
        sent: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return sent

    @abstractmethod
    def lines(self, chosen: dict[str, Any]) -> Iterable[Line]:
        """What the report finds, by the filters; none where they are wrong."""

    def pages(self, chosen: dict[str, Any]) -> list[Page]:
        """The live pages of the type that was chosen."""
        return list(live_pages(self.request.user, label=chosen["type"]))

    @cached_property
    def form(self) -> forms.Form:
        return self.form_class(self.request.GET)

    def get_filtered_queryset(self) -> list[Line]:
        return list(self.lines(self.form.cleaned_data)) if self.form.is_valid() else []

    @property
    def list_export(self) -> list[str]:
        return list(self.headings)

    def get_heading(self, queryset: Any, field: str) -> str:
        return self.headings[field]

    def to_row_dict(self, item: Line) -> OrderedDict[str, Any]:
        return OrderedDict(item.cells)

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        return plain_cell(value) if isinstance(value, str) and export_format == self.FORMAT_CSV else value

    def get_filename(self) -> str:
        return f"{self.index_url_name.removeprefix('home_report_')}-{clock.now():%Y-%m-%d}"

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        if self.is_export:
            return context
        asked = self.request.GET.copy()
        asked.pop("p", None)
        asked.pop("export", None)
        query = asked.urlencode()
        return {
            **context,
            "form": self.form,
            "lead": self.lead,
            "nothing": self.nothing,
            "headings": list(self.headings.values()),
            "here": reverse(self.index_url_name),
            "query": query,
            "csv_url": f"?{query}&export=csv" if query else "?export=csv",
            "xlsx_url": f"?{query}&export=xlsx" if query else "?export=xlsx",
        }


def of_page(page: Page) -> dict[str, Any]:
    return {"page": page.title, "type": str(page._meta.verbose_name).capitalize()}


def edit_path(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


class ChecksForm(TypeForm):
    kind = forms.ChoiceField(label="What is wrong", required=False, choices=[("", "Anything"), *Kind.choices])


class ChecksReport(ContentReport):
    page_title = "Content checks"
    header_icon = "glasses"
    path = "checks"
    index_url_name = "home_report_checks"
    lead = "What our checks find on the pages that are public. The same is shown in the editor, under “Checks”."
    headings: ClassVar[dict[str, str]] = {"page": "Page", "type": "Type", "kind": "What is wrong", "told": "What to do"}
    form_class = ChecksForm

    def lines(self, chosen: dict[str, Any]) -> Iterator[Line]:
        for page in self.pages(chosen):
            for finding in findings_of(page):
                if chosen["kind"] in ("", finding.kind):
                    cells = {**of_page(page), "kind": finding.kind.label, "told": finding.message}
                    yield Line(cells=cells, href=edit_path(page))


class ReviewForm(forms.Form):
    due = forms.ChoiceField(
        label="To be reviewed",
        required=False,
        choices=[
            ("", "Overdue, or within 90 days"),
            ("overdue", "Overdue"),
            ("30", "Within 30 days"),
            ("none", "Without a review date"),
            ("all", "All that have a date"),
        ],
    )


class ReviewReport(ContentReport):
    page_title = "Pages by review date"
    header_icon = "calendar-check"
    path = "review"
    index_url_name = "home_report_review"
    lead = "When each public page is to be checked again. Choose pages in the page explorer to mark them as reviewed."
    headings: ClassVar[dict[str, str]] = {
        "page": "Page",
        "type": "Type",
        "last_reviewed": "Last reviewed",
        "next_review": "Next review",
    }
    form_class = ReviewForm

    def lines(self, chosen: dict[str, Any]) -> Iterator[Line]:
        found: list[Any] = []
        for model in reviewed_types():
            found += pages_for(self.request.user, model).filter(_due(chosen["due"], today()))
        for page in sorted(found, key=lambda one: (one.next_review or date.max, one.title)):
            days = {"last_reviewed": page.last_reviewed, "next_review": page.next_review}
            yield Line(cells={**of_page(page), **days}, href=edit_path(page))


def _due(choice: str, day: date) -> Q:
    if choice == "none":
        return Q(next_review=None)
    if choice == "all":
        return Q(next_review__isnull=False)
    until = {"overdue": day, "30": day + timedelta(days=31)}.get(choice, day + timedelta(days=91))
    return Q(next_review__lt=until)


class LinksReport(ContentReport):
    page_title = "Broken links"
    header_icon = "link"
    path = "links"
    index_url_name = "home_report_links"
    lead = "Links on public pages to pages, documents and addresses of this site that nobody can open."
    headings: ClassVar[dict[str, str]] = {"page": "Page", "type": "Type", "link": "Link", "told": "What is wrong"}

    def lines(self, chosen: dict[str, Any]) -> Iterator[Line]:
        for page, link in broken_links(self.pages(chosen)):
            yield Line(cells={**of_page(page), "link": link.words, "told": link.problem}, href=edit_path(page))


class ImagesForm(forms.Form):
    used = forms.BooleanField(label="Only pictures that a page uses", required=False)


class ImagesReport(ContentReport):
    page_title = "Images without a description"
    header_icon = "image"
    path = "images"
    index_url_name = "home_report_images"
    lead = "People who do not see a picture hear its description. What is decoration alone can stay without."
    headings: ClassVar[dict[str, str]] = {"image": "Image", "used": "Used in so many places"}
    form_class = ImagesForm

    def lines(self, chosen: dict[str, Any]) -> Iterator[Line]:
        policy = policy_registry.get_by_type(get_image_model())
        mine = policy.instances_user_has_any_permission_for(self.request.user, ["change", "choose"])
        images = get_image_model().objects.filter(description="", pk__in=mine.values("pk")).order_by("title")
        for image in images[:MOST_IMAGES]:
            used = ReferenceIndex.get_references_to(image).count()
            if used or not chosen["used"]:
                yield Line(
                    cells={"image": image.title, "used": used}, href=reverse("wagtailimages:edit", args=[image.pk])
                )


class BlocksReport(ContentReport):
    page_title = "Blocks in use"
    header_icon = "grip"
    path = "blocks"
    index_url_name = "home_report_blocks"
    lead = "Which blocks public pages are made of, the most used first."
    nothing = "No page has a block yet."
    headings: ClassVar[dict[str, str]] = {"block": "Block", "times": "Times", "pages": "Pages", "example": "Such as"}

    def lines(self, chosen: dict[str, Any]) -> Iterator[Line]:
        times: Counter[str] = Counter()
        pages: dict[str, list[Page]] = defaultdict(list)
        for page in self.pages(chosen):
            used = Counter(piece.label for piece in pieces_of(page) if isinstance(piece, Used))
            times.update(used)
            for label in used:
                pages[label].append(page)
        for label, count in times.most_common():
            cells = {"block": label, "times": count, "pages": len(pages[label]), "example": pages[label][0].title}
            yield Line(cells=cells, href=edit_path(pages[label][0]))


class SpecialtyForm(forms.Form):
    specialty = forms.ModelChoiceField(Specialty.objects.all(), required=False, empty_label="Any")


class DoctorsReport(ContentReport):
    page_title = "Doctors without a public page"
    header_icon = "user"
    path = "doctors"
    index_url_name = "home_report_doctors"
    lead = "Doctors who can be booked, and about whom patients can read nothing."
    form_class = SpecialtyForm
    headings: ClassVar[dict[str, str]] = {"doctor": "Doctor", "specialties": "Specialties", "state": "Page"}

    def lines(self, chosen: dict[str, Any]) -> Iterator[Line]:
        found = doctors_without_page()
        if chosen["specialty"]:
            found = found.filter(specialties=chosen["specialty"])
        for doctor in found.select_related("page").prefetch_related("specialties")[:MOST_IMAGES]:
            yield Line(cells=_of_doctor(doctor), href=reverse("doctors:profile_page", args=[doctor.public_id]))


def _of_doctor(doctor: Doctor) -> dict[str, Any]:
    state = "Draft" if hasattr(doctor, "page") else "None yet"
    return {
        "doctor": doctor.name,
        "specialties": ", ".join(str(specialty) for specialty in doctor.specialties.all()),
        "state": state,
    }


REPORTS: tuple[type[ContentReport], ...] = (
    ChecksReport,
    ReviewReport,
    LinksReport,
    ImagesReport,
    BlocksReport,
    DoctorsReport,
)

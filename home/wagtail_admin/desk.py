"""What the editors' desk reads of the pages: their facts for the checks, and lists for panels and reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from common import clock
from doctors.models import Doctor, DoctorPage
from home.models import ArticlePage
from home.wagtail_admin.checks import Facts, Finding, findings
from home.wagtail_admin.contents import html_of, pieces_of

# A report reads so many pages of each type; an installation of thousands of doctors looks at a part.
MOST_PAGES = 1000


def today() -> date:
    return clock.now().astimezone(clock.clinic_zone()).date()


def page_types() -> list[type[Page]]:
    """The types of page that stand on the site."""
    return [
        model for model in apps.get_models() if issubclass(model, Page) and model is not Page and not model._meta.proxy
    ]


def reviewed_types() -> list[type[Page]]:
    return [model for model in page_types() if any(field.name == "next_review" for field in model._meta.fields)]


def may_write(user: Any) -> bool:
    """Whether the person writes pages at all."""
    return PagePermissionPolicy().user_has_any_permission(user, ["add", "change", "publish"])


def pages_for(user: Any, model: type[Page]) -> QuerySet[Any]:
    """The live pages of a type that the person may edit."""
    editable = PagePermissionPolicy().instances_user_has_permission_for(user, "change")
    return model.objects.live().filter(pk__in=editable.values("pk"))


def live_pages(user: Any, *, with_doctors: bool = True, label: str = "") -> Iterator[Page]:
    """The live pages that the person may edit, type by type or of one type, at most `MOST_PAGES` of each."""
    for model in page_types():
        if label and model._meta.label_lower != label:
            continue
        if model is DoctorPage:
            found = pages_for(user, model).select_related("doctor") if with_doctors else model.objects.none()
        elif model is ArticlePage:
            found = pages_for(user, model).select_related("author", "reviewer")
        else:
            found = pages_for(user, model)
        yield from islice(found.order_by("title").iterator(chunk_size=200), MOST_PAGES)


def facts_of(page: Page, *, day: date) -> Facts:
    pieces = list(pieces_of(page))
    is_article = isinstance(page, ArticlePage)
    return Facts(
        description=page.search_description or getattr(page, "introduction", "") or "",
        html=html_of(pieces),
        today=day,
        next_review=getattr(page, "next_review", None),
        asks_for_sources=is_article,
        sources=len(page.sources.raw_data) if is_article else 0,
        people=_people(page),
    )


def findings_of(page: Page) -> list[Finding]:
    """What the checks find on this version of the page."""
    return findings(facts_of(page, day=today()))


def pages_past_review(user: Any, *, until: date) -> list[Any]:
    """Live pages whose next review lies before `until`, the longest overdue first."""
    found: list[Any] = []
    for model in reviewed_types():
        found += pages_for(user, model).filter(next_review__lt=until)
    return sorted(found, key=lambda page: page.next_review)


def doctors_without_page() -> QuerySet[Doctor]:
    """Listed doctors whom patients cannot read about."""
    return Doctor.objects.listed().exclude(page__live=True)


def _people(page: Page) -> tuple[tuple[str, str], ...]:
    if isinstance(page, DoctorPage):
        return ((page.doctor.name, page.doctor.gmc_number),)
    if not isinstance(page, ArticlePage):
        return ()
    if page.reviewer:
        return ((page.reviewer.name, page.reviewer.gmc_number),)
    return ((page.reviewer_name, page.reviewer_name),) if page.reviewer_name else ()

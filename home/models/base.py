"""What every page of ours has: how it is reviewed, how it is shared, what machines read of it, and its way here."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.paginator import Page as PageOfRows
from django.core.paginator import Paginator
from django.db import models
from django.db.models import F, Q, QuerySet, Value
from django.http import HttpRequest
from django.utils import translation
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import Page, PageManager, PageViewRestriction
from wagtail.query import PageQuerySet
from wagtail.search import index

from doctors.models.pages import HOME_CRUMB, restrictions_on
from home import structured_data
from home.ahead import read_ahead
from home.models.settings import SiteSettings
from home.paths import language_of, page_path, slug_refusal

REVIEW_PANEL = MultiFieldPanel(
    [FieldRowPanel([FieldPanel("last_reviewed"), FieldPanel("next_review")])], heading="Review", classname="collapsed"
)


class PublicPageForm(WagtailAdminPageForm):
    """A picture of a page has its words in the image library; one within the text has its own."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        for name in ("picture", "hero_image"):
            if cleaned.get(name) and not cleaned[name].description:
                self.add_error(name, "Describe this picture in the image library first: screen readers say it.")
        if told := slug_refusal(cleaned.get("slug", ""), self.parent_page):
            self.add_error("slug", told)
        return cleaned


class PublicPageCopyForm(CopyForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        parent = cleaned.get("new_parent_page") or self.page.get_parent()
        if told := slug_refusal(cleaned.get("new_slug", ""), parent):
            self.add_error("new_slug", told)
        return cleaned


class PublicPageQuerySet(PageQuerySet):
    def in_language_of(self, page: Page) -> Self:
        return self.filter(locale_id=page.locale_id)

    def in_english(self) -> Self:
        """In the language whose addresses begin with no code."""
        return self.filter(locale__language_code=settings.LANGUAGE_CODE)


class PublicPage(Page):
    """A page that visitors read.

    A page type says in `shown` what its template needs beyond itself, and in `structured_data` what search engines
    are told; both see a page that may not be saved yet, for editors look at it before they save it. `shown_with` are
    the rows that come with the page in the statement that fetches it.
    """

    social_image = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="picture for sharing",
        help_text="Shown when somebody shares the page; 1200 by 630 pixels or larger. Without one, the site's own.",
    )
    last_reviewed = models.DateField(
        null=True, blank=True, help_text="The day on which somebody last checked that everything here is right."
    )
    next_review = models.DateField(
        null=True, blank=True, help_text="The day by which it is to be checked again; for health advice within 3 years."
    )

    objects = PageManager.from_queryset(PublicPageQuerySet)()

    base_form_class = PublicPageForm
    copy_form_class = PublicPageCopyForm
    shown_with: ClassVar[tuple[str, ...]] = ("social_image",)
    # The pages from the home page down to this one, where the way here has read them.
    above: list[Page] | None = None
    # Whether the way here has found that nobody is kept from the page.
    is_public = False
    promote_panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description"), FieldPanel("social_image")],
            heading="For search engines and sharing",
        ),
        FieldPanel("show_in_menus", help_text="Counts while the site settings name no main menu."),
    ]

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(next_review__isnull=True)
                | Q(last_reviewed__isnull=True)
                | Q(next_review__gt=F("last_reviewed")),
                name="%(class)s_review_in_turn",
            )
        ]

    def clean(self) -> None:
        super().clean()
        if self.last_reviewed and self.next_review and self.next_review <= self.last_reviewed:
            raise ValidationError({"next_review": "Enter a day after the last review."})
        if told := slug_refusal(self.slug, self.get_parent()):
            raise ValidationError({"slug": told})

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        return PageViewRestriction.objects.none() if self.is_public else restrictions_on(Value(self.path))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        # From here to the end of the request, which the middleware knows.
        translation.activate(language_of(self.url_path))
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        site = SiteSettings.for_request(request)
        # For the menus (home.navigation), which may be drawn before or after the page's own words.
        request.linked_pages = read_ahead(  # type: ignore[attr-defined]
            self, site.linked_page_ids(), with_menu=not site.navigation.raw_data
        )
        context["crumbs"] = self._crumbs()
        context["clinic_name"] = site.clinic_name
        context |= self.shown(request)
        context["facts"] = self.structured_data(context)
        if context["crumbs"]:
            context["facts"].append(structured_data.breadcrumbs(context["crumbs"], self.title))
        return context

    def shown(self, request: HttpRequest) -> dict[str, Any]:
        """What the template needs beyond the page itself."""
        return {}

    def structured_data(self, context: dict[str, Any]) -> list[dict[str, Any]]:
        """What search engines are told of the page, as schema.org's things; nothing that it does not show."""
        return []

    def _crumbs(self) -> list[dict[str, str]]:
        above = self.above if self.above is not None else self.get_ancestors().filter(depth__gt=1)
        return [_crumb(page) for page in above if page.live]


def _crumb(page: Page) -> dict[str, str]:
    """Home is called so on all pages, those of the tree and others; in another language as its editor calls it."""
    is_home = page_path(page) == HOME_CRUMB["href"]
    return HOME_CRUMB if is_home else {"label": page.title, "href": page_path(page)}


def words_of(*fields: str) -> list[index.BaseField]:
    """What the site's search reads of a page, beside its title."""
    return [*Page.search_fields, *map(index.SearchField, fields)]


def rows_of(found: QuerySet[Any], request: HttpRequest, size: int) -> PageOfRows[Any]:
    """So many of what was found as fit on one page: the one that is asked for, else the nearest that there is."""
    return Paginator(found, size).get_page(request.GET.get("page"))


def file_of(picture: Any) -> str:
    """The address of a picture as it was uploaded, "" without one: no statement, and no size made for it."""
    return picture.file.url if picture else ""

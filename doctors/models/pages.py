from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, QuerySet, Value
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.log_actions import log
from wagtail.models import Page, PageManager, PageViewRestriction, Revision
from wagtail.url_routing import RouteResult

from common import clock
from common.htmx import is_fragment, page_around
from doctors import presentation, selectors
from doctors.forms import SearchForm
from doctors.models.people import DOCTORS_PATH, Doctor
from doctors.querysets import DoctorPageQuerySet
from doctors.selectors.cursor import Cursor

HELD_BACK = "doctors.held_back"
# Where the way to every page begins.
HOME_CRUMB = {"label": "Home", "href": "/"}
PLAIN_TEXT = ["bold", "italic", "ol", "ul", "link"]


class QualificationBlock(blocks.StructBlock):
    name = blocks.CharBlock(max_length=120, help_text="Such as MBBS, or MRCP (UK).")
    institution = blocks.CharBlock(max_length=160, required=False)
    year = blocks.IntegerBlock(min_value=1940, max_value=2100, required=False)

    class Meta:
        icon = "success"


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(max_length=200)
    answer = blocks.RichTextBlock(features=PLAIN_TEXT)

    class Meta:
        icon = "help"


def restrictions_on(path: Any) -> QuerySet[PageViewRestriction]:
    """The editors' restrictions on the page at `path` (an expression) and on those above it, in one query.

    Wagtail's own two look for aliases too, which pages here cannot be.
    """
    own_path = ExpressionWrapper(path, output_field=models.CharField())
    return PageViewRestriction.objects.alias(own_path=own_path).filter(own_path__startswith=F("page__path"))


class DoctorIndexPage(Page):
    """Find a doctor: the search, its filters and its results (product.md, Discovery)."""

    introduction = models.CharField(max_length=300, blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction", help_text="One or two sentences between the title and the search."),
    ]
    max_count = 1
    subpage_types = ["doctors.DoctorPage"]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        choices = selectors.search_choices()
        form = SearchForm(request.GET, choices=choices)
        cursor = Cursor.read(after=request.GET.get("after", ""), before=request.GET.get("before", ""))
        results = selectors.doctors_search(form.filters(), now=clock.now(), choices=choices, cursor=cursor)
        form.say_counts(results.facets)
        chosen = urlencode(form.chosen())
        before = f"{chosen}&" if chosen else ""
        return {**context, "form": form, "results": results, "chosen_before": before, "crumbs": [HOME_CRUMB]}

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The whole page, or to htmx its results alone, with the address that shows the same to anybody."""
        context = self.get_context(request, *args, **kwargs)
        if not context["results"].cards:
            _count_as_empty(context["form"].filters())
        fragment = is_fragment(request)
        asked = {name: request.GET[name] for name in ("after", "before") if request.GET.get(name)}
        template = "doctors/partials/results.html" if fragment else self.get_template(request)
        response = TemplateResponse(request, template, {**context, "is_part": fragment, "is_turned": bool(asked)})
        if fragment:
            query = urlencode({**context["form"].chosen(), **asked})
            address = f"{request.path}?{query}" if query else request.path
            # Where a filter did not fit the address stays, and Back would lead to the same list once more.
            response["HX-Push-Url"] = "false" if _asks_alike(address, page_around(request)) else address
        patch_vary_headers(response, ["HX-Request"])
        return response

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """A doctor's page in one query; a doctor who is not listed has none."""
        if not path_components:
            return super().route(request, path_components)
        pages = (
            DoctorPage.objects.public()
            .child_of(self)
            .select_related("doctor", "photo")
            .annotate(is_restricted=Exists(restrictions_on(OuterRef("path"))))
        )
        page = pages.filter(slug="/".join(path_components)).first()
        if page is None:
            raise Http404("This doctor has no public page.")
        return RouteResult(page)

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        return restrictions_on(Value(self.path))

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self.slug = DOCTORS_PATH.strip("/")
        super().full_clean(*args, **kwargs)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.slug = DOCTORS_PATH.strip("/")
        super().save(*args, **kwargs)


def _asks_alike(address: str, other: str) -> bool:
    """Whether both ask for the same: a form sends its empty fields, too."""
    one, two = urlsplit(address), urlsplit(other)
    return one.path == two.path and dict(parse_qsl(one.query)) == dict(parse_qsl(two.query))


def _count_as_empty(filters: selectors.DoctorFilters) -> None:
    from doctors.services import empty_search_count  # services know the pages

    empty_search_count(filters=filters, now=clock.now())


class DoctorPage(Page):
    """A doctor's public profile; public only while it is live and its doctor is listed.

    Its title and slug are the doctor's name and slug, so that there is one place to change them. Whatever tries to
    make the page of an unlisted doctor live (the editor, a schedule, a workflow, a bulk action), `save` keeps it a
    draft and logs the version as held back: that is the version published when the doctor is verified.
    """

    live: bool
    live_revision: Revision | None
    doctor = models.OneToOneField(Doctor, on_delete=models.PROTECT, related_name="page")
    photo = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="A portrait; its description in the image library is read out by screen readers.",
    )
    biography = RichTextField(features=PLAIN_TEXT, blank=True)
    qualifications = StreamField([("qualification", QualificationBlock())], blank=True)
    interests = StreamField(
        [("interest", blocks.CharBlock(max_length=80))],
        blank=True,
        verbose_name="special interests and conditions",
    )
    questions = StreamField([("question", QuestionBlock())], blank=True, verbose_name="questions and answers")

    objects = PageManager.from_queryset(DoctorPageQuerySet)()

    content_panels = [
        HelpPanel(template="doctors/admin/page_notice.html", heading="Who can see this page"),
        MultiFieldPanel(
            [
                FieldPanel("doctor", read_only=True, help_text="The page is named as they are, and so is its address."),
                FieldPanel("photo"),
            ],
            heading="Who it is",
        ),
        FieldPanel(
            "biography",
            help_text="How they work and whom they see, in their own words; what is proved stands elsewhere.",
        ),
        FieldPanel("interests", help_text="As patients call them; each is shown as a word of its own."),
        FieldPanel("qualifications", help_text="The newest first. Their GMC number is shown above them by itself."),
        FieldPanel("questions", help_text="What patients ask before they come, answered in two or three sentences."),
    ]
    promote_panels = [
        MultiFieldPanel([FieldPanel("seo_title"), FieldPanel("search_description")], heading="For search engines"),
    ]
    # Made from the doctor's row by `doctors.services.doctor_profile_page_create`, one a doctor.
    is_creatable = False
    parent_page_types = ["doctors.DoctorIndexPage"]
    subpage_types: list[str] = []

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self._be_named_as_doctor()
        super().full_clean(*args, **kwargs)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._be_named_as_doctor()
        held_back: Revision | None = None
        if self.live and not self.doctor.is_listed:
            held_back = self.live_revision
            self.live = False
            self.live_revision = None
            self.has_unpublished_changes = True
        super().save(*args, **kwargs)
        if held_back:
            log(instance=self, action=HELD_BACK, revision=held_back)

    def _be_named_as_doctor(self) -> None:
        self.title, self.slug = self.doctor.name, self.doctor.slug

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        known_free = getattr(self, "is_restricted", None) is False
        return PageViewRestriction.objects.none() if known_free else restrictions_on(Value(self.path))

    @property
    def is_public(self) -> bool:
        return self.live and self.doctor.is_listed

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        if not self.is_public:
            raise Http404("This doctor has no public page.")
        return super().route(request, path_components)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page, or 404 for a doctor who is not listed; an editor's preview comes through `serve_preview`."""
        if not self.is_public:
            raise Http404("This doctor has no public page.")
        return super().serve(request, *args, **kwargs)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponseBase:
        request.is_preview = True  # type: ignore[attr-defined]
        return TemplateResponse(request, self.get_template(request), self.get_context(request))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        doctor = self.doctor
        specialties, locations = list(doctor.specialties.all()), list(doctor.locations.all())
        portrait = presentation.portrait_of(self.photo, doctor)
        visit_types = [visit_type for visit_type in doctor.visit_types.all() if visit_type.is_active]
        prices = {visit_type.price_minor for visit_type in visit_types}
        return {
            **context,
            "doctor": doctor,
            "specialties": specialties,
            "locations": locations,
            "portrait": portrait,
            "visit_types": visit_types,
            "next_times": selectors.next_choices(doctor, locations, now=clock.now()),
            "price_from": min(prices, default=None),
            "prices_differ": len(prices) > 1,
            "crumbs": [HOME_CRUMB, {"label": "Doctors", "href": DOCTORS_PATH}],
        }

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        return super().get_sitemap_urls(request) if self.is_public else []

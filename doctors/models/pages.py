from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, PageManager
from wagtail.url_routing import RouteResult

from doctors.models.people import Doctor
from doctors.querysets import DoctorPageQuerySet

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


class DoctorIndexPage(Page):
    """Find a doctor: the search, its filters and its results (product.md, Discovery)."""

    introduction = models.CharField(max_length=300, blank=True)

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("introduction")]
    max_count = 1
    subpage_types: ClassVar[list[str]] = ["doctors.DoctorPage"]


class DoctorPage(Page):
    """A doctor's public profile; public only while it is live and its doctor is listed.

    Its title and slug are the doctor's name and slug, so that there is one place to change them.
    """

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

    content_panels: ClassVar[list[Any]] = [
        FieldPanel("doctor", read_only=True),
        FieldPanel("photo"),
        FieldPanel("biography"),
        FieldPanel("qualifications"),
        FieldPanel("interests"),
        FieldPanel("questions"),
    ]
    promote_panels: ClassVar[list[Any]] = [
        MultiFieldPanel([FieldPanel("seo_title"), FieldPanel("search_description")], heading="For search engines"),
    ]
    parent_page_types: ClassVar[list[str]] = ["doctors.DoctorIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self.title = self.doctor.name
        self.slug = self.doctor.slug
        super().full_clean(*args, **kwargs)

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

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        return super().get_sitemap_urls(request) if self.is_public else []

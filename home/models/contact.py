"""A form by which visitors write to the clinic, and what they wrote.

People write about their health whatever a page asks of them, so it is kept like what patients tell us: encrypted, for
administrators alone, and no mail repeats it. Content editors make the form and never see what it brings.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.forms.forms import FormBuilder
from wagtail.contrib.forms.models import FORM_FIELD_CHOICES, AbstractFormField, FormMixin
from wagtail.fields import RichTextField, StreamField

from common.fields import EncryptedTextField
from common.models import PublicIdModel
from home import spam
from home.blocks import PLAIN_TEXT, STANDARD_BLOCKS
from home.models.base import PublicPage, words_of

KINDS = {"singleline", "multiline", "email", "dropdown", "radio", "checkbox"}
LONGEST_LINE, LONGEST_TEXT = 200, 3000
# What is said of a question that was left empty, for each names its own in the list above the form.
UNANSWERED = {"dropdown": "Choose an answer to “{}”.", "radio": "Choose an answer to “{}”.", "checkbox": "Tick “{}”."}


class ContactFormBuilder(FormBuilder):
    """Django's form of what an editor has put together; nothing in it may be longer than a person writes."""

    def get_field_options(self, field: Any) -> dict[str, Any]:
        said = UNANSWERED.get(field.field_type, "Fill in “{}”.").format(field.label)
        return {**super().get_field_options(field), "error_messages": {"required": said}}

    def create_singleline_field(self, field: Any, options: dict[str, Any]) -> forms.Field:
        return forms.CharField(**{**options, "max_length": LONGEST_LINE})

    def create_multiline_field(self, field: Any, options: dict[str, Any]) -> forms.Field:
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 6}), **{**options, "max_length": LONGEST_TEXT})

    def create_email_field(self, field: Any, options: dict[str, Any]) -> forms.Field:
        return forms.EmailField(widget=forms.EmailInput(attrs={"autocomplete": "email"}), **options)


class ContactPage(FormMixin, PublicPage):
    """How to reach the clinic, and a form; `home.services.enquiry_receive` keeps what is sent and announces it."""

    introduction = models.CharField(max_length=300, blank=True, help_text="One or two sentences under the title.")
    body = StreamField(STANDARD_BLOCKS, blank=True, help_text="Shown above the form.")
    thanks = RichTextField(
        features=PLAIN_TEXT,
        default="<p>We have your message and answer within two working days.</p>",
        help_text="Shown to whoever has sent the form.",
    )
    told = models.EmailField(
        "address that is told",
        blank=True,
        help_text="Gets a mail for each message: that there is one and where to read it, never what it says.",
    )

    form_builder = ContactFormBuilder
    search_fields = words_of("introduction")
    template = "home/contact_page.html"
    preview_modes: ClassVar[list[tuple[str, str]]] = [("", "Form")]
    content_panels: ClassVar[list[Any]] = [
        *PublicPage.content_panels,
        FieldPanel("introduction"),
        FieldPanel("body"),
        InlinePanel(
            "form_fields",
            heading="The form",
            label="Question",
            help_text="Ask for no more than you need to answer. Never ask about health here.",
        ),
        MultiFieldPanel([FieldPanel("thanks"), FieldPanel("told")], heading="When it has been sent"),
    ]
    parent_page_types: ClassVar[list[str]] = ["home.HomePage", "home.SectionPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta(PublicPage.Meta):
        verbose_name = "contact page"

    def shown(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "is_sent": "sent" in request.GET,
            "trap": spam.TRAP,
            "stamp_name": spam.STAMP,
            "stamp": request.POST.get(spam.STAMP) or spam.stamp(),
        }

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The empty form; what is sent goes to `home.views.contact_sent`, in front of Wagtail."""
        return self.form_page(request, self.form_of(request))

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponseBase:
        request.is_preview = True  # type: ignore[attr-defined]
        return self.form_page(request, self.form_of(request))

    def form_of(self, request: HttpRequest, *sent: Any) -> forms.Form:
        return cast("forms.Form", self.get_form(*sent, page=self, user=request.user))

    def form_page(self, request: HttpRequest, form: forms.Form, status: int = 200) -> TemplateResponse:
        """The page with this form. Never kept in a cache: each has a token and a time of its own."""
        context = {**self.get_context(request), "form": form}
        response = TemplateResponse(request, self.get_template(request), context, status=status)
        add_never_cache_headers(response)
        return response


class ContactField(AbstractFormField):
    """One thing that a contact page asks."""

    page = ParentalKey(ContactPage, on_delete=models.CASCADE, related_name="form_fields")
    field_type = models.CharField(
        "kind", max_length=16, choices=[(name, label) for name, label in FORM_FIELD_CHOICES if name in KINDS]
    )
    field_type.required_on_save = True  # type: ignore[attr-defined]

    def clean(self) -> None:
        """What has nothing to choose from can be answered by nobody, nor the form be sent."""
        super().clean()
        if self.field_type in {"dropdown", "radio"} and not self.choices.strip(" ,\r\n"):
            raise ValidationError({"choices": "Write the answers to choose from, one on each line."})


class Enquiry(PublicIdModel):
    """What somebody wrote by a contact page: `answers` are pairs of question and answer as JSON, encrypted.

    Read by administrators alone (`home.policies`); gone `home.services.ENQUIRY_KEPT` after it was answered.
    """

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.SET_NULL, null=True, related_name="+")
    received_at = models.DateTimeField()
    answers = EncryptedTextField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name_plural = "enquiries"
        indexes = [models.Index(fields=["-received_at"], name="enquiry_received_idx")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answered_by__isnull=True) | models.Q(answered_at__isnull=False),
                name="enquiry_answered_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What people call it by; it says nothing about who wrote it."""
        return self.public_id.hex[:8].upper()

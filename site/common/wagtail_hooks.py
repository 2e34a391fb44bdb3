from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.documents.models import AbstractDocument

from common.ranges import part_of
from common.templatetags.scripts import script


# After Wagtail's own has asked whether the folder is open to whoever asks.
@hooks.register("before_serve_document", order=100)
def answer_in_parts(document: AbstractDocument, request: HttpRequest) -> HttpResponse | None:
    return part_of(document, request)


@hooks.register("insert_global_admin_css")
def style_as_ours() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("wagtail/brand.css"))


@hooks.register("insert_global_admin_css")
def style_narrow_tables() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("wagtail/narrow.css"))


@hooks.register("insert_global_admin_js")
def stop_what_is_half_typed() -> SafeString:
    return script("js/half_typed.js")


@hooks.register("insert_global_admin_css")
def style_without_scripts() -> SafeString:
    return format_html('<noscript><link rel="stylesheet" href="{}"></noscript>', static("wagtail/without-scripts.css"))

"""What public pages show around their content: links that editors manage, and what machines read in the head."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi
from wagtail.models import Page

from doctors.models import Location, Specialty
from doctors.models.people import DOCTORS_PATH
from home import sharing, structured_data
from home.models import SiteSettings
from home.models.places import PlacePaths, place_paths
from home.navigation import Navigation, navigation_of
from home.paths import language_of, language_tag, page_path, path_of, spoken_language
from home.translations import leads_to

register = template.Library()

# What would end the script element, or open a comment in it, must not stand in it.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


SPECIALTY_ICONS = {
    "bones-joints-and-sport": "bone",
    "cardiology": "heart-pulse",
    "dermatology": "hand",
    "ear-nose-and-throat": "ear",
    "gynaecology": "flower-2",
    "mental-health": "brain",
    "neurology": "brain",
    "ophthalmology": "eye",
    "orthopaedics": "bone",
    "paediatrics": "baby",
    "psychiatry": "brain",
    "womens-health": "flower-2",
}


class Spoken(NamedTuple):
    """`language` and `direction` as HTML writes them; `home` is where the clinic's name leads."""

    language: str
    direction: str
    home: str
    is_default: bool


@register.filter
def specialty_icon(slug: str) -> str:
    """The icon that stands for a specialty; a stethoscope for those that we have drawn none for."""
    return SPECIALTY_ICONS.get(slug, "stethoscope")


@register.simple_tag(takes_context=True)
def site_settings(context: Context) -> SiteSettings:
    """The clinic's name, phone, emergency sentence and so on, fetched once a request.

    The defaults where a page is rendered without a request, as Django does when it refuses one.
    """
    request = context.get("request")
    return SiteSettings.for_request(request) if request else SiteSettings()


@register.simple_tag(takes_context=True)
def page_title(context: Context, words: str) -> str:
    """A page as the tab, bookmarks and search engines name it: its own words and the clinic's name.

    Once, where its words have the name already; with the tagline where they are the name alone, as at home.
    """
    site = site_settings(context)
    if words != site.clinic_name:
        return words if site.clinic_name in words else f"{words} – {site.clinic_name}"
    return f"{words} – {site.tagline.rstrip('.')}" if site.tagline else words


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> Navigation | None:
    """The menus, small links and footer around this page, and its translations; None without a request."""
    request = context.get("request")
    return navigation_of(request, context.get("page")) if request else None


@register.simple_tag(takes_context=True)
def spoken(context: Context) -> Spoken:
    """The language of this page."""
    code = spoken_language()
    direction = "rtl" if get_language_bidi() else "ltr"
    home = getattr(context.get("request"), "site_home", "/")
    return Spoken(language_tag(code), direction, home, code == settings.LANGUAGE_CODE)


@register.simple_tag
def link_address(link: Any) -> str:
    """Where a `LinkBlock`'s value leads, in this page's language if it can; empty where its page is not live."""
    page = link["page"]
    if page is None:
        return link["address"]
    told = leads_to(page)
    return page_path(told) if told else ""


@register.simple_tag
def json_ld(data: dict[str, Any]) -> SafeString:
    """Facts for search engines, as a script element of data that no browser runs."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False).translate(_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 - escaped above


@register.simple_tag
def breadcrumbs_json_ld(crumbs: list[dict[str, str]], current: str) -> SafeString:
    return json_ld(structured_data.breadcrumbs(crumbs, current))


@register.simple_tag(takes_context=True)
def physician_json_ld(context: Context) -> SafeString:
    """The doctor of the profile page that is being rendered."""
    return json_ld(
        structured_data.physician(
            context["doctor"],
            specialties=context["specialties"],
            locations=context["locations"],
            description=context["page"].search_description,
            image=context["portrait"].get("src", ""),
        )
    )


@register.filter
def other_language(page: Page) -> str:
    """The language of a page as HTML writes it, where it is not the one that is being read; else empty."""
    code = language_of(page.url_path)
    return language_tag(code) if code != spoken_language() else ""


@register.filter
def path(page: Page) -> str:
    """Where a page stands on the site."""
    return page_path(page)


@register.simple_tag(takes_context=True)
def specialty_path(context: Context, specialty: Specialty) -> str:
    """The page of a specialty, or its doctors where nobody has written one."""
    own = _written(specialty) or _places(context, specialty).specialties.get(specialty.pk)
    return own or f"{DOCTORS_PATH}?specialty={specialty.slug}"


@register.simple_tag(takes_context=True)
def location_path(context: Context, location: Location) -> str:
    """The page of a location, or its doctors where nobody has written one."""
    own = _written(location) or _places(context, location).locations.get(location.pk)
    return own or f"{DOCTORS_PATH}?location={location.slug}"


@register.inclusion_tag("home/page_meta.html", takes_context=True)
def page_meta(context: Context, page: Page) -> dict[str, Any]:
    """Description, canonical address and Open Graph of a page."""
    request: HttpRequest = context["request"]
    site = SiteSettings.for_request(request)
    chosen = getattr(page, "social_image", None) or site.social_image
    # A page that is not stored yet, which editors look at, has no address.
    is_drawn = not chosen and page.pk is not None
    return {
        "title": page.seo_title or page.title,
        "description": page.search_description or site.description,
        "address": f"{settings.BASE_URL}{page_path(page)}",
        "site_name": site.clinic_name,
        "image": chosen,
        "drawn": sharing.picture_path(page, site, specialties=context.get("specialties")) if is_drawn else "",
        "drawn_width": sharing.WIDTH,
        "drawn_height": sharing.HEIGHT,
        "base_url": settings.BASE_URL,
        "translations": navigation_of(request, page).translations,
        "locale": language_tag(spoken_language()).replace("-", "_"),
    }


def _written(place: Any) -> str:
    """Where the page of a specialty or a location stands, which was read with it (`home.blocks.live`); else empty."""
    return path_of(found) if (found := getattr(place, "page_at", None)) else ""


def _places(context: Context, place: Any) -> PlacePaths:
    """Where the live pages of specialties and locations are: one query a request for all of them, none for a place
    that knows by itself."""
    if hasattr(place, "page_at"):
        return PlacePaths({}, {})
    request = context.get("request")
    known: PlacePaths | None = getattr(request, "place_paths", None)
    if known is None:
        known = place_paths()
        if request is not None:
            request.place_paths = known
    return known

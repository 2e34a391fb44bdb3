"""Where pages stand on the site, and in which language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import get_resolver
from django.urls.resolvers import LocalePrefixPattern
from django.utils import translation
from wagtail.models import Page

from doctors.models.people import DOCTORS_PATH

# The home page's own word among addresses, which nobody sees; a translated one is "home-" and its language's code.
HOME = "home"


def page_path(page: Page) -> str:
    """A page's path on the site, read from its row: Wagtail's own way asks the cache and the table of sites first.

    Holds while an installation has one site, whose root is "/"."""
    return path_of(page.url_path)


def path_of(url_path: str) -> str:
    """As `page_path`, of what a page's row says."""
    return f"{home_path(language_of(url_path))}{url_path.split('/', 2)[2]}"


def home_path(language: str) -> str:
    """Where the pages of a language begin."""
    return "/" if language == settings.LANGUAGE_CODE else f"/{language}/"


def home_slug(language: str) -> str:
    return HOME if language == settings.LANGUAGE_CODE else f"{HOME}-{language}"


def language_of(url_path: str) -> str:
    """The language of a page, by its code in the settings, read from where its row says that it stands."""
    code = url_path.split("/", 2)[1].removeprefix(f"{HOME}-")
    return code if code in dict(settings.WAGTAIL_CONTENT_LANGUAGES) else settings.LANGUAGE_CODE


def addressed_language(path: str) -> str:
    """The language whose code is the first part of an address, the whole part: "/ar-rahman/" is an English one."""
    code = path.split("/", 2)[1] if path.startswith("/") else ""
    return code if code in translated_languages() else settings.LANGUAGE_CODE


def translated_languages() -> set[str]:
    """The codes with which the addresses of translations begin, so that no page's own word may be one."""
    return set(dict(settings.WAGTAIL_CONTENT_LANGUAGES)) - {settings.LANGUAGE_CODE}


def slug_refusal(slug: str, parent: Page | None) -> str:
    """Why a page below `parent` cannot have this word in its address, as editors are told; empty where it can."""
    if slug in translated_languages():
        # Wherever the page stands, since it can be moved to where the addresses of a language begin.
        told = f"/{slug}/ is where the pages of another language begin."
    elif parent is not None and parent.url_path == f"/{HOME}/" and slug in application_words():
        told = f"/{slug}/ is an address of the application, so that nobody would see this page there."
    else:
        return ""
    return f"{told} Enter a longer word, such as {slug}-page."


@cache
def application_words() -> frozenset[str]:
    """The words with which addresses begin that the application or the web server answers, and no page of editors."""
    served = {address.split("/")[1] for address in (DOCTORS_PATH, settings.MEDIA_URL, settings.STATIC_URL)}
    return frozenset(served | set(_first_words(get_resolver().url_patterns))) - {""}


def _first_words(entries: Iterable[Any]) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry.pattern, LocalePrefixPattern):
            continue  # the pages themselves
        if route := str(entry.pattern):
            yield route.split("/", maxsplit=1)[0]
        else:
            yield from _first_words(entry.url_patterns)


def spoken_language() -> str:
    """The language in which this request is answered, by its code: that of the page that is shown, else English."""
    return translation.get_language() or settings.LANGUAGE_CODE


def language_tag(code: str) -> str:
    """A language as HTML and search engines write it: en-GB."""
    language, _, region = code.partition("-")
    return f"{language}-{region.upper()}" if region else language

"""Where pages stand on the site, and in which language."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from wagtail.models import Page

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


def spoken_language() -> str:
    """The language in which this request is answered, by its code: that of the page that is shown, else English."""
    return translation.get_language() or settings.LANGUAGE_CODE


def language_tag(code: str) -> str:
    """A language as HTML and search engines write it: en-GB."""
    language, _, region = code.partition("-")
    return f"{language}-{region.upper()}" if region else language

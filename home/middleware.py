from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from wagtail.users.models import UserProfile

from common import clock
from common.csp import ADMIN_PATHS
from home.kept import rows_for_one_answer


class AdminZoneMiddleware:
    """In the admin, times are typed and shown by the clinic's clock, so that nine o'clock is nine in summer too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(ADMIN_PATHS):
            return self.get_response(request)
        zone = clock.clinic_zone()
        if request.user.is_authenticated:
            _choose_zone(request.user, zone.key)
        with timezone.override(zone):
            return self.get_response(request)


def _choose_zone(user: Any, zone: str) -> None:
    """For this request alone: Wagtail goes by the person's profile, and by UTC where that says nothing."""
    profile = getattr(user, "wagtail_userprofile", None) or UserProfile(user=user)
    profile.current_time_zone = profile.current_time_zone or zone


class LanguageMiddleware:
    """Every answer is English until a page in another language is found, which then is shown in its own
    (`home.models.base.PublicPage`); what is found instead of a page, such as an error, stays English.

    Django's own would ask browsers what they like, and tell caches that every answer depends on it. The rows that a
    page reads ahead, which links lead to in its language, are kept as long.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(settings.LANGUAGE_CODE), rows_for_one_answer():
            return self.get_response(request)

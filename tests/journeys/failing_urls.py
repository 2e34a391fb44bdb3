"""The site with two pages more, which fail as any page might: for the pages that tell people of it."""

from __future__ import annotations

from allauth.core.ratelimit import respond_429
from django.http import HttpRequest, HttpResponse
from django.urls import path

from medconsult import urls as product


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError


urlpatterns = [
    path("breaks/", breaks),
    path("too-often/", respond_429),
    *product.urlpatterns,
]

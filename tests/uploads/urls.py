"""A view as an app would write one, to see what the middlewares leave of its answer."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.urls import path

from common.uploads.serving import upload_response
from verification.models import Evidence


def file(request: HttpRequest, upload_id: UUID) -> HttpResponseBase:
    return upload_response(Evidence.objects.get(public_id=upload_id), request=request, inline="inline" in request.GET)


urlpatterns = [path("file/<uuid:upload_id>/", file)]

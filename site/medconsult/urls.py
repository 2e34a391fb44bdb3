from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

urlpatterns = [
    path("django-admin/", admin.site.urls),
    path("admin/", include(wagtailadmin_urls)),
    path("account/", include("allauth.urls")),
    *([path("ui/", include("medconsult.development"))] if settings.DEVELOPMENT_PAGES else []),
    path("", include(wagtail_urls)),
]

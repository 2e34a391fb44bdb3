from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import URLResolver, include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from common.drf.views import Nothing
from home.serving import LanguagePrefix
from home.serving import serve as serve_page
from notifications.webhooks import mail_events

# Before `admin.site.urls` is read: afterwards it would be ignored without a word (platform.md, trap 3).
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Whoever adds a second step to somebody's account, or confirms an address for them, can be them: superusers too reach
# patients' data by a grant alone.
admin.site.unregister([Authenticator, EmailAddress])
# The code finds a role by the name of its group, and services alone say who is in it.
admin.site.unregister(Group)

handler400 = "common.drf.faults.bad_request"
handler500 = "common.drf.faults.server_error"
handler429 = "accounts.security.views.too_many_attempts"

urlpatterns = [
    path("django-admin/", admin.site.urls),
    path("admin/", include("accounts.admin_urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("account/", include("accounts.urls")),
    path("account/", include("allauth.urls")),
    *([path("dev/mail/", include("medconsult.mail_page"))] if settings.DEVELOPMENT_PAGES else []),
    *([path("ui/", include("medconsult.development"))] if settings.DEVELOPMENT_PAGES else []),
    path("api/v1/", include("medconsult.api")),
    path("api/auth/", include("accounts.security.headless.urls")),
    re_path(r"^api/", Nothing.as_view(), name="api_nothing"),
    path("mail/events/", mail_events, name="mail_events"),
    # In production Nginx serves the public media folder; here it is one process less.
    *([path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT})] if settings.DEVELOPMENT_PAGES else []),
    path("", include("booking.urls")),
    path("", include("billing.urls")),
    path("", include("records.urls")),
    path("", include("verification.urls")),
    path("", include("doctors.urls")),
    path("", include("home.urls")),
    # In front of Wagtail's own, which signs in by the password alone: no second step, no limits, no events.
    path(
        "_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True), name="wagtailcore_login"
    ),
    # Under its own name, which Wagtail makes addresses of pages from; translations begin with their language's code.
    URLResolver(
        LanguagePrefix(),
        [re_path(wagtail_urls.serve_pattern, serve_page, name="wagtail_serve"), path("", include(wagtail_urls))],
    ),
]

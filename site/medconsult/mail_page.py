"""The development-only page of every mail and text that the site has sent. Elsewhere its addresses do not exist."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from csp.constants import UNSAFE_INLINE
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from integrations.mail.development import StoredMail, stored_mail, stored_mails
from integrations.sms.development import stored_texts

NOTHING = {"default-src": ["'none'"], "script-src": ["'none'"]}

View = Callable[..., HttpResponseBase]


def development_only(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not settings.DEVELOPMENT_PAGES:
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(require_safe(guarded))


@development_only
def mail_list(request: HttpRequest) -> HttpResponse:
    return render(request, "medconsult/mail_list.html", {"mails": stored_mails(), "texts": stored_texts()})


@development_only
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "medconsult/mail_detail.html", {"mail": _mail_or_404(name)})


@development_only
def mail_html(_request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part as a mail program shows it: its own style, no scripts. The page frames it in a sandbox."""
    response = HttpResponse(_mail_or_404(name).html)
    # As django-csp's own decorators do, which know no view with arguments of its own.
    response._csp_replace = {**NOTHING, "style-src": [UNSAFE_INLINE], "sandbox": True}  # type: ignore[attr-defined]  # noqa: SLF001
    return response


@development_only
def mail_attachment(_request: HttpRequest, name: str, number: int) -> HttpResponse:
    attachments = _mail_or_404(name).attachments
    if number >= len(attachments):
        raise Http404
    attachment = attachments[number]
    response = HttpResponse(attachment.content, content_type=attachment.content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=attachment.name)
    return response


def _mail_or_404(name: str) -> StoredMail:
    mail = stored_mail(name)
    if mail is None:
        raise Http404
    return mail


urlpatterns = [
    path("", mail_list, name="development_mails"),
    path("<str:name>/", mail_detail, name="development_mail"),
    path("<str:name>/html/", mail_html, name="development_mail_html"),
    path("<str:name>/attachments/<int:number>/", mail_attachment, name="development_mail_attachment"),
]

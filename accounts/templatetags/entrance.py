from __future__ import annotations

from urllib.parse import urlencode

from allauth.account.utils import get_next_redirect_url
from django import template
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse

from accounts.policies import SIGN_UP_LEADS_TO, path_needs_patient, told_on_the_way
from integrations.nhs import login
from integrations.oidc import work

register = template.Library()


def _next(context: Context) -> str:
    """Where the page that is shown leads on to: an address of this site, or nowhere."""
    request: HttpRequest | None = context.get("request")
    try:
        return (get_next_redirect_url(request) or "") if request else ""
    except SuspiciousOperation:
        # The page that refuses a request which cannot be read is drawn with these links too.
        return ""


@register.simple_tag(takes_context=True)
def entrance_path(context: Context, name: str) -> str:
    """The address of a way in, which leads on to where the present page does."""
    target = _next(context)
    return f"{reverse(name)}?{urlencode({'next': target}, safe='/')}" if target else reverse(name)


@register.simple_tag
def nhs_login_offered() -> bool:
    """Whether people may sign in by NHS login here."""
    return login.is_offered()


@register.simple_tag
def work_login_name() -> str:
    """What people call the sign-in by which who works here may come too; empty where there is none."""
    return work.name() if work.is_offered() else ""


@register.simple_tag(takes_context=True)
def is_for_patients(context: Context) -> bool:
    """Whether the present page leads on to one that only patients reach, such as a booking."""
    return path_needs_patient(_next(context))


@register.simple_tag(takes_context=True)
def on_the_way(context: Context) -> str:
    """What waits behind the present page, told by the page that it leads on to; empty where that says nothing."""
    return told_on_the_way(_next(context))


@register.simple_tag(takes_context=True)
def on_the_way_since(context: Context) -> str:
    """The same on the page of the code, whose address does not say where it leads: as the form of sign-up was told."""
    request: HttpRequest | None = context.get("request")
    return told_on_the_way(request.session.get(SIGN_UP_LEADS_TO) or "") if request else ""

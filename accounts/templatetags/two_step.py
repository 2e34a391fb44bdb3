from __future__ import annotations

from django import template
from django.conf import settings
from django.template import Context

from accounts.security.mfa_adapter import passkeys_possible as possible

register = template.Library()


@register.simple_tag(takes_context=True)
def passkeys_possible(context: Context) -> bool:
    """Whether this site's address is one for which browsers offer passkeys."""
    return possible(context["request"])


@register.simple_tag
def two_step_required() -> bool:
    """Whether this installation demands two-step sign-in of doctors and staff."""
    return settings.TWO_STEP_REQUIRED

"""The first steps of an office whose pages another app keeps."""

from __future__ import annotations

from django import template
from django.template import Context

from accounts.policies import has_role
from accounts.roles import Role
from home.homes.guides import Guide, reception_guide

register = template.Library()


@register.simple_tag(takes_context=True)
def steps_at_the_desk(context: Context) -> Guide | None:
    """Of whoever works at the desk of a clinic; None for others, and once every step is done."""
    user = context["request"].user
    return reception_guide(user) if has_role(user, Role.CLINIC_STAFF) else None

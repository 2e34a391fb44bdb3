from __future__ import annotations

from django import template
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from verification.own.notices import Notice, notice_of

register = template.Library()


@register.simple_tag
def verification_notice(user: User | AnonymousUser) -> Notice | None:
    """What a doctor has to do about their verification; None for everybody else."""
    return notice_of(user) if isinstance(user, User) else None

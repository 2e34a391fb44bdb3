from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.policies import has_role
from accounts.roles import Role
from common.errors import Forbidden
from home.selectors import READER


def may_read_enquiries(user: User | AnonymousUser) -> bool:
    """Administrators alone: what people write by a contact page can be about their health. No superuser without it."""
    return has_role(user, READER)


def assert_may_read_enquiries(user: User | AnonymousUser) -> None:
    if not may_read_enquiries(user):
        raise Forbidden("not_an_administrator", "Administrators read what comes by the contact page.")


def may_operate(user: User | AnonymousUser) -> bool:
    """Administrators alone see how the background work stands. No superuser without the role."""
    return has_role(user, Role.ADMINISTRATOR)


def assert_may_operate(user: User | AnonymousUser) -> None:
    if not may_operate(user):
        raise Forbidden("not_an_administrator", "Administrators see how the background work stands.")

from __future__ import annotations

from wagtail.permission_policies.pages import PagePermissionPolicy

from accounts.models import User
from common.errors import Forbidden
from doctors.models import DoctorIndexPage


def may_create_page(actor: User | None) -> bool:
    """Whether they may add pages where doctors' pages stand; None, the system itself, may."""
    if actor is None:
        return True
    index = DoctorIndexPage.objects.first()
    if index is None:
        return PagePermissionPolicy().user_has_permission(actor, "add")
    return PagePermissionPolicy().user_has_permission_for_instance(actor, "add", index)


def assert_may_create_page(actor: User | None) -> None:
    if not may_create_page(actor):
        raise Forbidden("page_not_yours_to_create", "You may not create doctors' pages.")

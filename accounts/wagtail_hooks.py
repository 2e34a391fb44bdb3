from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.users.views.bulk_actions.user_bulk_action import UserBulkAction

from accounts.consents_admin import ConsentQuestionViewSet
from accounts.models import User
from accounts.policies import may_change_roles


@hooks.register("register_admin_viewset")
def consents_in_the_admin() -> ConsentQuestionViewSet:
    return ConsentQuestionViewSet()


@hooks.register("before_bulk_action")
def refuse_accounts_in_bulk(
    _request: HttpRequest, _action_type: str, _objects: Sequence[Any], action_class: Any
) -> None:
    """Wagtail's bulk actions give roles, close and delete accounts beside the services that lock and audit it."""
    if isinstance(action_class, UserBulkAction):
        raise PermissionDenied


@hooks.register("register_user_listing_buttons")
def access_of_a_person(user: User, request_user: User) -> Iterator[Button]:
    if may_change_roles(request_user):
        yield Button("Access", reverse("wagtailusers_users:access", args=[user.pk]), icon_name="key", priority=20)

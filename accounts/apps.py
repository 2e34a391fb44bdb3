from __future__ import annotations

from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default = True


class AdminUsersConfig(WagtailUsersAppConfig):
    """Wagtail's own screens for accounts, with the roles read-only."""

    user_viewset = "accounts.admin_users.UserViewSet"

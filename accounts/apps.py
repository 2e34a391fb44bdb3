from __future__ import annotations

from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default = True

    def ready(self) -> None:
        """What allauth tells is heard from the first request on."""
        import accounts.security.receivers  # noqa: F401


class AdminUsersConfig(WagtailUsersAppConfig):
    """Wagtail's own screens for accounts and groups, with the roles read-only."""

    user_viewset = "accounts.admin_users.UserViewSet"
    group_viewset = "accounts.admin_users.GroupViewSet"

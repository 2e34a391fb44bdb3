from __future__ import annotations

from typing import Any

from django.db import migrations

from accounts.roles import Role, role_permissions_add
from common.migrating import MigrationAtOnce


def open_the_admin(apps: Any, schema_editor: Any) -> None:
    """Administrators come into Wagtail's admin and keep accounts and groups there; patients' facts are not in it."""
    administrators = apps.get_model("auth", "Group").objects.get(name=Role.ADMINISTRATOR.value)
    administrators.permissions.add(
        apps.get_model("auth", "Permission").objects.get(
            content_type__app_label="wagtailadmin", codename="access_admin"
        )
    )
    role_permissions_add(apps, Role.ADMINISTRATOR, "accounts", "user", ("view", "add", "change"))
    role_permissions_add(apps, Role.ADMINISTRATOR, "auth", "group", ("view",))
    role_permissions_add(apps, Role.ADMINISTRATOR, "notifications", "message", ("view",))


class Migration(MigrationAtOnce):
    dependencies = [
        ("accounts", "0002_roles"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(open_the_admin, migrations.RunPython.noop)]

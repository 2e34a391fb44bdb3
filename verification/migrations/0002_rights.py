"""Who works the queue, and who says how."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from accounts.roles import Role, role_permissions_add
from common.migrating import MigrationAtOnce


def open_the_queue(apps: Any, schema_editor: Any) -> None:
    """Verification officers and administrators come into Wagtail's admin and work the queue there."""
    access = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="wagtailadmin", codename="access_admin"
    )
    apps.get_model("auth", "Group").objects.get(name=Role.VERIFICATION_OFFICER.value).permissions.add(access)
    for role in (Role.VERIFICATION_OFFICER, Role.ADMINISTRATOR):
        role_permissions_add(apps, role, "verification", "verificationcase", ("view", "decide"))


def open_the_settings(apps: Any, schema_editor: Any) -> None:
    """Whether a second person approves, and what doctors are promised, is for administrators to say."""
    role_permissions_add(apps, Role.ADMINISTRATOR, "verification", "verificationsettings", ("change",))


class Migration(MigrationAtOnce):
    replaces = [
        ("verification", "0002_officers"),
        ("verification", "0004_settings_for_administrators"),
        ("verification", "0006_empty_items"),
    ]
    dependencies = [
        ("verification", "0001_squashed_initial"),
        ("accounts", "0003_administrators"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(open_the_queue, migrations.RunPython.noop),
        migrations.RunPython(open_the_settings, migrations.RunPython.noop),
    ]

"""Who says how long messages are kept whole, and when no texts go."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from accounts.roles import Role, role_permissions_add
from common.migrating import MigrationAtOnce


def open_the_settings(apps: Any, schema_editor: Any) -> None:
    role_permissions_add(apps, Role.ADMINISTRATOR, "notifications", "notificationsettings", ("change",))


class Migration(MigrationAtOnce):
    dependencies = [
        ("accounts", "0014_guides_dismissed"),
        ("notifications", "0004_preferences_and_numbers"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(open_the_settings, migrations.RunPython.noop)]

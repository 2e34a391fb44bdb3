from __future__ import annotations

from typing import Any

from django.db import migrations

from accounts.roles import Role, role_permissions_add


def open_the_settings(apps: Any, schema_editor: Any) -> None:
    """Whether a second person approves, and what doctors are promised, is for administrators to say."""
    role_permissions_add(apps, Role.ADMINISTRATOR, "verification", "verificationsettings", ("change",))


class Migration(migrations.Migration):
    dependencies = [
        ("verification", "0003_checklist"),
        ("accounts", "0003_administrators"),
    ]

    operations = [migrations.RunPython(open_the_settings, migrations.RunPython.noop)]

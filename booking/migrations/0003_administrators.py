from __future__ import annotations

from typing import Any

from django.db import migrations

from accounts.roles import Role, role_permissions_add


def open_the_settings(apps: Any, schema_editor: Any) -> None:
    """Administrators decide how the clinic books: paying at the clinic, holds, notice of cancellation."""
    role_permissions_add(apps, Role.ADMINISTRATOR, "booking", "bookingsettings", ("change",))


class Migration(migrations.Migration):
    dependencies = [("booking", "0002_initial"), ("accounts", "0003_administrators")]

    operations = [migrations.RunPython(open_the_settings, migrations.RunPython.noop)]

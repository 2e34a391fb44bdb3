from __future__ import annotations

from typing import Any

from django.db import migrations

from accounts.roles import Role, role_permissions_add

KEPT_BY_ADMINISTRATORS = ("specialty", "location", "doctor", "visittype")


def share_out(apps: Any, schema_editor: Any) -> None:
    """Administrators keep doctors and what belongs to them; editors look them up to write their pages."""
    for model in KEPT_BY_ADMINISTRATORS:
        role_permissions_add(apps, Role.ADMINISTRATOR, "doctors", model, ("add", "change", "view"))
        role_permissions_add(apps, Role.CONTENT_EDITOR, "doctors", model, ("view",))


class Migration(migrations.Migration):
    dependencies = [("doctors", "0001_initial"), ("accounts", "0002_roles")]

    operations = [migrations.RunPython(share_out, migrations.RunPython.noop)]

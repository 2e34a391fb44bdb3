"""Who decides about what doctors propose for their pages."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from accounts.roles import Role, role_permissions_add
from common.migrating import MigrationAtOnce

LOOKED_UP = ("specialty", "location", "doctor", "visittype")


def share_out(apps: Any, schema_editor: Any) -> None:
    """Moderators and administrators decide; moderators look doctors up as editors do."""
    for role in (Role.CONTENT_MODERATOR, Role.ADMINISTRATOR):
        role_permissions_add(apps, role, "doctors", "pageproposal", ("view", "change"))
    for model in LOOKED_UP:
        role_permissions_add(apps, Role.CONTENT_MODERATOR, "doctors", model, ("view",))
    role_permissions_add(apps, Role.CONTENT_MODERATOR, "doctors", "searchword", ("add", "change", "delete", "view"))


class Migration(MigrationAtOnce):
    dependencies = [("doctors", "0003_proposals_initial")]

    operations = [migrations.RunPython(share_out, migrations.RunPython.noop)]

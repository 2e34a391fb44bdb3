"""Editors, moderators and administrators say where old addresses lead, and what a search puts first."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from accounts.roles import Role, role_permissions_add
from common.migrating import MigrationAtOnce

ROLES = (Role.CONTENT_EDITOR, Role.CONTENT_MODERATOR, Role.ADMINISTRATOR)
ACTIONS = ("add", "change", "delete", "view")


def open_them(apps: Any, schema_editor: Any) -> None:
    for role in ROLES:
        role_permissions_add(apps, role, "wagtailredirects", "redirect", ACTIONS)
        role_permissions_add(apps, role, "wagtailsearchpromotions", "searchpromotion", ACTIONS)


class Migration(MigrationAtOnce):
    dependencies = [
        ("home", "0008_alter_contact"),
        ("wagtailredirects", "0001_initial"),
        ("wagtailsearchpromotions", "0001_initial"),
    ]

    operations = [migrations.RunPython(open_them, migrations.RunPython.noop)]

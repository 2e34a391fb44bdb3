"""Administrators say which languages there are; editors and moderators too translate pages into them."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from accounts.roles import Role, role_permissions_add
from common.migrating import MigrationAtOnce

ROLES = (Role.CONTENT_EDITOR, Role.CONTENT_MODERATOR, Role.ADMINISTRATOR)


def let_them_translate(apps: Any, schema_editor: Any) -> None:
    """Django makes permission rows only after all migrations have run, so this one is made here."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="simple_translation", model="simpletranslation"
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename="submit_translation", defaults={"name": "Can submit translations"}
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=[role.value for role in ROLES]):
        group.permissions.add(permission)
    role_permissions_add(apps, Role.ADMINISTRATOR, "wagtailcore", "locale", ("add", "change", "delete"))


class Migration(MigrationAtOnce):
    dependencies = [
        ("home", "0010_alter_navigation"),
        ("simple_translation", "0001_initial"),
    ]

    operations = [migrations.RunPython(let_them_translate, migrations.RunPython.noop)]

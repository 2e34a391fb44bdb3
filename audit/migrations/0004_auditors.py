from __future__ import annotations

from typing import Any

from django.db import migrations

from common.migrating import MigrationAtOnce

AUDITORS = "Auditors"


def open_the_log(apps: Any, schema_editor: Any) -> None:
    """Auditors come into Wagtail's admin and read the log there.

    The roles' own words live above this app, so the group is named by its name.
    """
    permissions = apps.get_model("auth", "Permission").objects
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="audit", model="event"
    )
    view, _ = permissions.get_or_create(
        content_type=content_type, codename="view_event", defaults={"name": "Can view event"}
    )
    access = permissions.get(content_type__app_label="wagtailadmin", codename="access_admin")
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=AUDITORS)
    group.permissions.add(view, access)


class Migration(MigrationAtOnce):
    dependencies = [
        ("audit", "0003_patient_and_search"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
    ]

    operations = [migrations.RunPython(open_the_log, migrations.RunPython.noop)]

from __future__ import annotations

from typing import Any

from django.db import migrations

from common.migrating import MigrationAtOnce

ROLES = (
    "Patients",
    "Doctors",
    "Clinic staff",
    "Content editors",
    "Verification officers",
    "Billing officers",
    "Auditors",
    "Administrators",
)


def make_groups(apps: Any, schema_editor: Any) -> None:
    groups = apps.get_model("auth", "Group").objects
    for name in ROLES:
        groups.get_or_create(name=name)


class Migration(MigrationAtOnce):
    dependencies = [("accounts", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]

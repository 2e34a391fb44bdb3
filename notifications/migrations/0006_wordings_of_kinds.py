"""A row for each kind whose words editors may change; a later kind needs a migration that does this once more."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from notifications.wording import REWORDABLE


def make_rows(apps: Any, schema_editor: Any) -> None:
    wordings = apps.get_model("notifications", "MessageWording").objects
    for kind in REWORDABLE:
        wordings.get_or_create(kind=kind.value)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_wordings")]

    operations = [migrations.RunPython(make_rows, migrations.RunPython.noop)]

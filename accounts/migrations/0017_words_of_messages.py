"""Who says what messages say: whoever writes the site's pages, and administrators."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from accounts.roles import Role, role_permissions_add

WRITERS = (Role.CONTENT_EDITOR, Role.CONTENT_MODERATOR, Role.ADMINISTRATOR)


def open_the_words(apps: Any, schema_editor: Any) -> None:
    for role in WRITERS:
        role_permissions_add(apps, role, "notifications", "messagewording", ("view", "change", "publish"))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_alter_consents_and_guides"),
        ("notifications", "0006_wordings_of_kinds"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(open_the_words, migrations.RunPython.noop)]

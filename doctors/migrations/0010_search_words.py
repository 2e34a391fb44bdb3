from __future__ import annotations

from typing import Any

import django.db.models.deletion
import django.db.models.functions.text
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from accounts.roles import Role, role_permissions_add


def share_out(apps: Any, schema_editor: Any) -> None:
    """Editors keep the words by which patients find a specialty."""
    for role in (Role.ADMINISTRATOR, Role.CONTENT_EDITOR):
        role_permissions_add(apps, role, "doctors", "searchword", ("add", "change", "delete", "view"))


class Migration(migrations.Migration):
    dependencies = [
        ("doctors", "0009_alter_bank_holidays"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalSearchWord",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "word",
                    models.CharField(
                        help_text="As patients say it: “heart”, “chest pain”, “palpitations”.",
                        max_length=60,
                        verbose_name="word or words",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical search word",
                "verbose_name_plural": "historical search words",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "word",
                    models.CharField(
                        help_text="As patients say it: “heart”, “chest pain”, “palpitations”.",
                        max_length=60,
                        verbose_name="word or words",
                    ),
                ),
                ("specialties", models.ManyToManyField(related_name="conditions", to="doctors.specialty")),
            ],
            options={
                "ordering": ["word"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("word"),
                        name="search_word_once",
                        violation_error_message="These words are here already.",
                    )
                ],
            },
        ),
        migrations.RunPython(share_out, migrations.RunPython.noop),
    ]

from __future__ import annotations

import uuid
from typing import Any

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import common.fields
from accounts.roles import Role, role_permissions_add
from common.migrating import MigrationAtOnce


def open_the_consents(apps: Any, schema_editor: Any) -> None:
    """Administrators keep what people are asked to agree to; nothing that was asked is deleted."""
    role_permissions_add(apps, Role.ADMINISTRATOR, "accounts", "consentquestion", ("add", "change", "view"))


class Migration(MigrationAtOnce):
    dependencies = [
        ("accounts", "0008_nhs_numbers_once_confirmed"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.SlugField(help_text="A short name, such as “terms”. It stays.", max_length=40, unique=True),
                ),
                (
                    "statement",
                    models.CharField(
                        help_text="One sentence, such as “I agree to …”.",
                        max_length=300,
                        verbose_name="what people tick",
                    ),
                ),
                (
                    "more",
                    models.TextField(
                        blank=True,
                        help_text="What agreeing means, and what not.",
                        max_length=1000,
                        verbose_name="more about it",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("is_required", models.BooleanField(default=False, verbose_name="nobody can book without it")),
                ("is_active", models.BooleanField(default=True, verbose_name="is asked")),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name": "consent",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.AddField(
            model_name="patient",
            name="access_needs",
            field=common.fields.EncryptedTextField(blank=True, db_default="", default="", editable=False),
        ),
        migrations.CreateModel(
            name="HistoricalConsentQuestion",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("code", models.SlugField(help_text="A short name, such as “terms”. It stays.", max_length=40)),
                (
                    "statement",
                    models.CharField(
                        help_text="One sentence, such as “I agree to …”.",
                        max_length=300,
                        verbose_name="what people tick",
                    ),
                ),
                (
                    "more",
                    models.TextField(
                        blank=True,
                        help_text="What agreeing means, and what not.",
                        max_length=1000,
                        verbose_name="more about it",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("is_required", models.BooleanField(default=False, verbose_name="nobody can book without it")),
                ("is_active", models.BooleanField(default=True, verbose_name="is asked")),
                ("position", models.PositiveSmallIntegerField(default=0)),
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
                "verbose_name": "historical consent",
                "verbose_name_plural": "historical consents",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="ConsentRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("source", models.UUIDField()),
                ("version", models.PositiveIntegerField()),
                ("statement", models.CharField(max_length=300)),
                ("more", models.TextField(blank=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Given"), ("inactive", "Taken back")], default="active", max_length=10
                    ),
                ),
                ("given_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="accounts.patient"
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="accounts.consentquestion",
                    ),
                ),
            ],
            options={
                "ordering": ["-given_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "active")),
                        fields=("patient", "question", "version"),
                        name="consent_once_a_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("status", "active")),
                            models.Q(("ended_at__isnull", False), ("status", "inactive")),
                            _connector="OR",
                        ),
                        name="consent_ended_says_when",
                    ),
                ],
            },
        ),
        migrations.RunPython(open_the_consents, migrations.RunPython.noop),
    ]

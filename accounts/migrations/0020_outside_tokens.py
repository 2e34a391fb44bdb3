"""What a provider gives that outlives a sign-in, and providers without levels."""

from __future__ import annotations

import uuid

import django.db.models.deletion
from django.db import migrations, models

import common.fields
from common.migrating import MigrationAtOnce


class Migration(MigrationAtOnce):
    dependencies = [
        ("accounts", "0019_outside_identities"),
    ]

    operations = [
        migrations.AddField(
            model_name="outsideidentity",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="outsideidentity",
            name="level",
            field=models.CharField(blank=True, choices=[("P0", "P0"), ("P5", "P5"), ("P9", "P9")], max_length=2),
        ),
        migrations.AlterField(
            model_name="outsideidentity",
            name="provider",
            field=models.CharField(choices=[("nhs-login", "NHS login"), ("work-login", "work account")], max_length=20),
        ),
        migrations.CreateModel(
            name="OutsideTokens",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("refresh_token", common.fields.EncryptedTextField()),
                ("good_until", models.DateTimeField(db_index=True)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "identity",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tokens",
                        to="accounts.outsideidentity",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]

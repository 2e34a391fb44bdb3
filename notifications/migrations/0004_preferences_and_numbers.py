"""What people want to be told otherwise than everybody, the numbers of their phones, and addresses that mail comes
back from.
"""

from __future__ import annotations

from datetime import time

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import notifications.kinds
from common.migrating import MigrationAtOnce


class Migration(MigrationAtOnce):
    dependencies = [
        ("notifications", "0003_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MailEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_id", models.CharField(max_length=255, unique=True)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="NotificationSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "quiet_from",
                    models.TimeField(
                        default=time(21, 0),
                        help_text="By the clinic’s clock. Texts wait until the end, unless that is too late.",
                        verbose_name="no texts from",
                    ),
                ),
                (
                    "quiet_until",
                    models.TimeField(
                        default=time(8, 0), help_text="The same time twice: at any hour.", verbose_name="until"
                    ),
                ),
                (
                    "facts_kept_days",
                    models.PositiveSmallIntegerField(
                        default=90,
                        help_text="Later we keep that there was one, and of what kind, and no more.",
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="days for which messages are kept whole",
                    ),
                ),
            ],
            options={
                "verbose_name": "message settings",
            },
        ),
        migrations.CreateModel(
            name="Undeliverable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("bounce", "Mail to it comes back"),
                            ("complaint", "Its owner reported our mail as unwanted"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mobile", models.CharField(max_length=20)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("code_digest", models.CharField(blank=True, max_length=64)),
                ("code_ends_at", models.DateTimeField(null=True)),
                ("wrong_codes", models.PositiveSmallIntegerField(default=0)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contact", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=notifications.kinds.kinds, max_length=60)),
                ("channel", models.CharField(choices=[("email", "Email"), ("sms", "Text")], max_length=10)),
                ("is_on", models.BooleanField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preferences",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "kind", "channel"), name="preference_once")],
            },
        ),
    ]

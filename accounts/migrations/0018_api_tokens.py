"""API tokens of our own kind, with scopes. Those of before are over: their holders sign in once more."""

from __future__ import annotations

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.tokens
import common.clock
from common.migrating import MigrationAtOnce


class Migration(MigrationAtOnce):
    dependencies = [
        ("accounts", "0017_words_of_messages"),
        ("knox", "0009_extend_authtoken_field"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("digest", models.CharField(max_length=128, primary_key=True, serialize=False)),
                ("token_key", models.CharField(db_index=True, max_length=25)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("expiry", models.DateTimeField(blank=True, null=True)),
                ("name", models.CharField(blank=True, max_length=80)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        default=accounts.tokens.least_scopes,
                        size=None,
                    ),
                ),
                ("proved_at", models.DateTimeField(default=common.clock.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="auth_token_set",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["-created"]},
        ),
        # Nobody looks at this table any more, and its rows would stand in the way of removing an account.
        migrations.RunSQL("DELETE FROM knox_authtoken", migrations.RunSQL.noop),
    ]

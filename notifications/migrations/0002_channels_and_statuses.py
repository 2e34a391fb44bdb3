"""A message's channel, what it is about, until when it is of use; statuses as people call them.

Safe beside the version before: what it writes meanwhile in its own words is taken up by the new one when its time
comes, and its rows are emails about nothing in particular.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

from common.migrating import MigrationAtOnce


def rename(apps: Any, schema_editor: Any) -> None:
    """What was given up has failed. What is being sent keeps its word until its worker has written how that ended."""
    apps.get_model("notifications", "Message").objects.filter(status="dead").update(status="failed")


def rename_back(apps: Any, schema_editor: Any) -> None:
    """The version before knows no more than four."""
    messages = apps.get_model("notifications", "Message").objects
    messages.filter(status="waiting").update(status="queued")
    messages.filter(status="in_flight").update(status="sending")
    messages.filter(status__in=["failed", "withheld"]).update(status="dead")


class Migration(MigrationAtOnce):
    dependencies = [("notifications", "0001_squashed_initial")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="channel",
            field=models.CharField(
                choices=[("email", "Email"), ("sms", "Text")], db_default="email", default="email", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="about",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
        migrations.AddField(model_name="message", name="useless_after", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="message", name="purged_at", field=models.DateTimeField(null=True)),
        migrations.AlterField(
            model_name="message",
            name="status",
            field=models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("in_flight", "In flight"),
                    ("waiting", "Waiting to retry"),
                    ("sent", "Sent"),
                    ("failed", "Failed"),
                    ("withheld", "Withheld"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
        migrations.RunPython(rename, rename_back),
    ]

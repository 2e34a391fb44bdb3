"""The indexes of what waits, what is unread and what belongs to a timeline, made while messages are written."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # An index that is made beside running work takes no lock that a booking would wait for, and no transaction.
    atomic = False
    dependencies = [("notifications", "0002_channels_and_statuses")]

    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(
                fields=["due_at"],
                name="message_open_idx",
                condition=models.Q(("status__in", ("sent", "failed", "withheld")), _negated=True),
            ),
        ),
        AddIndexConcurrently(
            "message",
            models.Index(
                fields=["user", "created_at"],
                name="message_unread_idx",
                condition=models.Q(("channel", "email"), ("read_at", None)),
            ),
        ),
        AddIndexConcurrently(
            "message",
            models.Index(fields=["about"], name="message_about_idx", condition=models.Q(("about", ""), _negated=True)),
        ),
        RemoveIndexConcurrently("message", "message_due_idx"),
    ]

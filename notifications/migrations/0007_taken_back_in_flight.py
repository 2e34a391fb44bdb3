"""What is taken back while a worker has it; for each address a bounce and a complaint apart, and when mail arrived."""

from __future__ import annotations

from django.db import migrations, models

from common.migrating import MigrationAtOnce


class Migration(MigrationAtOnce):
    dependencies = [("notifications", "0006_wordings_of_kinds")]

    operations = [
        migrations.CreateModel(
            name="Arrival",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(model_name="message", name="withdrawn_at", field=models.DateTimeField(null=True)),
        migrations.AlterField(model_name="undeliverable", name="digest", field=models.CharField(max_length=64)),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("withdrawn_at", None), ("status__in", ["in_flight", "sent"]), _connector="OR"),
                name="message_withdrawn_waits_no_more",
            ),
        ),
        migrations.AddConstraint(
            model_name="undeliverable",
            constraint=models.UniqueConstraint(fields=("digest", "reason"), name="undeliverable_once"),
        ),
    ]

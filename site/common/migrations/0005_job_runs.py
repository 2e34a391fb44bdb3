from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0004_tally")]
    operations = [
        migrations.CreateModel(
            name="JobRun",
            fields=[
                ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("noticed_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("running", "Running"), ("done", "Done"), ("failed", "Failed")],
                        max_length=10,
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=100)),
                ("worker", models.CharField(blank=True, max_length=100)),
            ],
        ),
    ]

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0005_job_runs")]
    operations = [
        migrations.CreateModel(
            name="LostTask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("task", models.CharField(max_length=100)),
                ("arguments", models.JSONField(default=list)),
                ("error", models.CharField(max_length=100)),
                ("at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]

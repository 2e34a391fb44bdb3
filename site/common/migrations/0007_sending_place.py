from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0006_lost_tasks")]
    operations = [
        migrations.CreateModel(
            name="SendingPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=60)),
                ("held_since", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="sending_from_one_place"),
                ],
            },
        ),
    ]

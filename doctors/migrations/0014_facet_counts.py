from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("doctors", "0013_own_limits")]

    operations = [
        migrations.AddField(
            model_name="listing",
            name="gender",
            field=models.CharField(
                blank=True,
                choices=[
                    ("female", "Female"),
                    ("male", "Male"),
                    ("other", "Other"),
                    ("unknown", "Prefer not to say"),
                ],
                db_default="",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="FacetCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=120)),
                ("doctors", models.IntegerField()),
            ],
            options={"indexes": [models.Index(fields=["key"], include=["doctors"], name="facet_count_key_idx")]},
        ),
    ]

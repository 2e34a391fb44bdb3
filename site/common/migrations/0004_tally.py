from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0003_cache_table")]
    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("count", models.PositiveIntegerField()),
                ("ends_at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]

"""How often a visit had moved when it was asked to be cancelled with many others; empty for what waits from before."""

from __future__ import annotations

from django.db import migrations, models

from common.migrating import MigrationAtOnce


class Migration(MigrationAtOnce):
    dependencies = [("booking", "0007_cancellings")]

    operations = [
        migrations.AddField(
            model_name="cancellingvisit", name="sequence", field=models.PositiveIntegerField(null=True)
        ),
        migrations.AlterField(
            model_name="cancellingvisit",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Not done yet"),
                    ("cancelled", "Cancelled"),
                    ("gone", "It was cancelled or closed already"),
                    ("moved", "It was moved by then: cancel it on its own page if it is not to be"),
                    ("begun", "It had begun by then"),
                    ("failed", "We could not cancel it: please do so on its own page"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
    ]

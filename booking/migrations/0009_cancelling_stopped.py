"""That whoever asked for many to be cancelled may stop it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0008_cancelling_as_seen")]

    operations = [
        migrations.AlterField(
            model_name="cancellingvisit",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Not done yet"),
                    ("cancelled", "Cancelled"),
                    ("gone", "It was cancelled or closed already"),
                    ("moved", "It was moved by then: cancel it on its own page if it is not to be"),
                    ("stopped", "You stopped before its turn came: it stands"),
                    ("begun", "It had begun by then"),
                    ("failed", "We could not cancel it: please do so on its own page"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
    ]

from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.models import F

from common.migrating import MigrationAtOnce


def keep_what_was_let_go(apps: Apps, _editor: Any) -> None:
    """As it has counted so far: none of it goes back by itself because of this."""
    refund = apps.get_model("billing", "Refund")
    refund.objects.filter(let_go_minor__gt=0).update(let_go_of_rules_minor=F("let_go_minor"))


class Migration(MigrationAtOnce):
    dependencies = [
        ("billing", "0012_let_go_of_what_failed"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalrefund",
            name="let_go_of_rules_minor",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="refund",
            name="let_go_of_rules_minor",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.RunPython(keep_what_was_let_go, migrations.RunPython.noop),
    ]

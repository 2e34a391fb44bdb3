from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import Coalesce

from common.migrating import MigrationAtOnce


def keep_what_was_settled(apps: Apps, _editor: Any) -> None:
    """What had failed when an officer settled it is not to go back any more, as far as anybody knows by now."""
    refund = apps.get_model("billing", "Refund")
    failed = refund.objects.filter(status="failed", replaced_by=None)
    failed = failed.annotate(failed_at=Coalesce("settled_at", "created_at"))
    for one in failed.filter(failed_at__lte=F("payment__failures_settled_at")):
        refund.objects.filter(pk=one.pk).update(let_go_minor=one.amount_minor)


class Migration(MigrationAtOnce):
    dependencies = [
        ("billing", "0011_failures_settled"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalrefund",
            name="let_go_minor",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="refund",
            name="let_go_minor",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.RunPython(keep_what_was_settled, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="historicalpayment",
            name="failures_settled_at",
        ),
        migrations.RemoveField(
            model_name="payment",
            name="failures_settled_at",
        ),
    ]

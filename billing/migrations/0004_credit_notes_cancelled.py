import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from common.migrating import MigrationAtOnce


class Migration(MigrationAtOnce):
    dependencies = [("billing", "0003_settled_note")]

    operations = [
        migrations.AddField(
            model_name="receipt",
            name="cancels",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cancelled_by",
                to="billing.receipt",
            ),
        ),
        migrations.AlterField(
            model_name="receipt",
            name="kind",
            field=models.CharField(
                choices=[
                    ("receipt", "Receipt"),
                    ("credit-note", "Credit note"),
                    ("cancellation", "Cancellation of credit note"),
                ],
                max_length=15,
            ),
        ),
        migrations.RemoveConstraint(model_name="receipt", name="receipt_credit_note_has_a_refund"),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=Q(kind="receipt", refund__isnull=True, cancels__isnull=True)
                | Q(kind="credit-note", refund__isnull=False, cancels__isnull=True)
                | Q(kind="cancellation", refund__isnull=True, cancels__isnull=False),
                name="receipt_is_of_what_its_kind_says",
            ),
        ),
    ]

from django.db import migrations, models

from common.migrating import MigrationAtOnce


class Migration(MigrationAtOnce):
    dependencies = [
        ("billing", "0004_credit_notes_cancelled"),
    ]

    operations = [
        migrations.AlterField(
            model_name="historicalpayment",
            name="attention",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Nothing"),
                    ("amount", "The amount or currency is not what was asked for"),
                    ("owner", "It names another appointment or payment of ours"),
                    ("status", "Stripe says a status that we do not know"),
                    ("refund-failed", "A refund failed"),
                    ("entered-in-error", "The appointment was entered in error"),
                    ("dispute-lost", "A bank took it back, and the visit stands unpaid"),
                ],
                default="",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="attention",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Nothing"),
                    ("amount", "The amount or currency is not what was asked for"),
                    ("owner", "It names another appointment or payment of ours"),
                    ("status", "Stripe says a status that we do not know"),
                    ("refund-failed", "A refund failed"),
                    ("entered-in-error", "The appointment was entered in error"),
                    ("dispute-lost", "A bank took it back, and the visit stands unpaid"),
                ],
                default="",
                max_length=20,
            ),
        ),
    ]

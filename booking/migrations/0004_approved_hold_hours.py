import django.core.validators
from django.db import migrations, models

from common.migrating import MigrationAtOnce

HOURS = models.PositiveSmallIntegerField(
    db_default=24,
    default=24,
    help_text="How long a time is kept for payment once the doctor has said yes. The patient reads it in a mail.",
    validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(672)],
)


class Migration(MigrationAtOnce):
    dependencies = [
        ("booking", "0003_alter_confidential"),
    ]

    operations = [
        migrations.AddField(model_name="bookingsettings", name="approved_hold_hours", field=HOURS),
        migrations.AddField(model_name="historicalbookingsettings", name="approved_hold_hours", field=HOURS.clone()),
    ]

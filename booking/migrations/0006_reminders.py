import django.contrib.postgres.fields
import django.core.validators
from django.db import migrations, models

import booking.models.settings
from common.migrating import MigrationAtOnce

DAYS = django.contrib.postgres.fields.ArrayField(
    base_field=models.PositiveSmallIntegerField(
        validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(28)]
    ),
    blank=True,
    db_default=[7, 2, 1],
    default=booking.models.settings.first_reminder_days,
    help_text="Numbers with commas between them: 7, 2, 1 reminds of a visit a week, two days and one day before. "
    "Empty sends no reminders.",
    size=5,
    verbose_name="reminders, days before a visit",
)
HOUR = models.PositiveSmallIntegerField(
    db_default=9,
    default=9,
    help_text="The hour, by the clock of the visit’s place, from 6 to 21. What cannot be sent by midnight is not "
    "sent late.",
    validators=[django.core.validators.MinValueValidator(6), django.core.validators.MaxValueValidator(21)],
    verbose_name="reminders go out from",
)


class Migration(MigrationAtOnce):
    dependencies = [
        ("booking", "0005_appointments_by_creation"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReminderRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("zone", models.CharField(max_length=60)),
                ("days_before", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("day", "zone", "days_before"), name="reminder_round_once")
                ],
            },
        ),
        migrations.AddField(model_name="bookingsettings", name="reminder_days", field=DAYS),
        migrations.AddField(model_name="bookingsettings", name="reminder_hour", field=HOUR),
        migrations.AddField(model_name="historicalbookingsettings", name="reminder_days", field=DAYS.clone()),
        migrations.AddField(model_name="historicalbookingsettings", name="reminder_hour", field=HOUR.clone()),
    ]

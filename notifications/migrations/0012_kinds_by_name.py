from django.db import migrations, models

import notifications.kinds


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0011_appointment_changed"),
    ]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(choices=notifications.kinds.kinds, max_length=60),
        ),
    ]

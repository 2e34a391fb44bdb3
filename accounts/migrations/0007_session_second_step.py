from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_no_carer_of_oneself")]

    operations = [
        migrations.AddField(
            model_name="accountsession",
            name="second_step",
            field=models.BooleanField(default=False),
        ),
    ]

from django.db import migrations

import common.fields
from common.migrating import MigrationAtOnce

_NOTE = common.fields.EncryptedTextField(blank=True, db_default="", default="")


class Migration(MigrationAtOnce):
    dependencies = [("billing", "0002_never_more_than_captured")]

    operations = [
        migrations.AddField(model_name=model, name="settled_note", field=_NOTE.clone())
        for model in ("payment", "historicalpayment")
    ]

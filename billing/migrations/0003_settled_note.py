from django.db import migrations

import common.fields

_NOTE = common.fields.EncryptedTextField(blank=True, db_default="", default="")


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_never_more_than_captured")]

    operations = [
        migrations.AddField(model_name=model, name="settled_note", field=_NOTE.clone())
        for model in ("payment", "historicalpayment")
    ]

"""The version before this column, still running while this one starts, stores settings without it."""

from __future__ import annotations

from django.db import migrations

DEFAULT = "ALTER TABLE home_sitesettings ALTER COLUMN utility SET DEFAULT '[]'"
NONE = "ALTER TABLE home_sitesettings ALTER COLUMN utility DROP DEFAULT"


class Migration(migrations.Migration):
    dependencies = [("home", "0011_translators")]

    operations = [migrations.RunSQL(DEFAULT, NONE)]

from typing import Any

from django.db import migrations
from django.utils import timezone

from common.migrating import MigrationAtOnce


def write_anew(apps: Any, schema_editor: Any) -> None:
    """Booking's worker writes the listings of every place again, each with times of one visit type and its price."""
    apps.get_model("doctors", "Location").objects.update(listings_stale_since=timezone.now())


class Migration(MigrationAtOnce):
    dependencies = [
        ("doctors", "0005_empty_searches"),
    ]

    operations = [
        migrations.RunPython(write_anew, migrations.RunPython.noop, elidable=True),
    ]

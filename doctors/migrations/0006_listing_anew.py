from typing import Any

from django.db import migrations
from django.db.models.functions import Now


def forget_times(apps: Any, schema_editor: Any) -> None:
    """Times of before do not say how to book them: booking's refill writes every listing anew within minutes."""
    known = apps.get_model("doctors", "Listing").objects.exclude(next_times=[])
    known.update(next_times=[], next_available_at=Now())


class Migration(migrations.Migration):
    dependencies = [("doctors", "0005_listing_choices")]

    operations = [migrations.RunPython(forget_times, migrations.RunPython.noop, elidable=True)]

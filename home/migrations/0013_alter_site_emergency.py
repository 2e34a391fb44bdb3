"""What a search for something that cannot wait is answered with: a page and words of the editors'."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from common.migrating import MigrationAtOnce


class Migration(MigrationAtOnce):
    dependencies = [
        ("home", "0012_utility_default"),
        migrations.swappable_dependency(settings.WAGTAIL_PAGE_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="sitesettings",
            name="emergency_page",
            field=models.ForeignKey(
                blank=True,
                help_text="Whom to call, for whoever searches for something that cannot wait; empty for the numbers alone.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.WAGTAIL_PAGE_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sitesettings",
            name="emergency_words",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="One or a few words a line. Whoever searches for them is told of 999 and 111 above what was found. Chest pain, stroke, overdose and the like are known already, with common slips; these come on top.",
                verbose_name="words of an emergency",
            ),
        ),
    ]

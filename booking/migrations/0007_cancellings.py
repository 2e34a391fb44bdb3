from __future__ import annotations

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from common.migrating import MigrationAtOnce

WHY = [
    ("patient", "Cancelled by the patient"),
    ("doctor", "Cancelled by the doctor"),
    ("clinic", "Cancelled by the clinic"),
    ("hold-expired", "Not paid in time"),
    ("rejected", "Declined by the doctor"),
    ("lapsed", "Not answered in time"),
    ("withdrawn", "Withdrawn by the patient"),
]
STATES = [
    ("waiting", "Not done yet"),
    ("cancelled", "Cancelled"),
    ("gone", "It was cancelled or closed by somebody else"),
    ("begun", "It had begun by then"),
    ("failed", "We could not cancel it: please do so on its own page"),
]
ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
PROTECT = django.db.models.deletion.PROTECT


class Migration(MigrationAtOnce):
    dependencies = [
        ("booking", "0006_reminders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Cancelling",
            fields=[
                ("id", ID),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("asked_at", models.DateTimeField()),
                ("why", models.CharField(choices=WHY, max_length=20)),
                ("lease_until", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="CancellingVisit",
            fields=[
                ("id", ID.clone()),
                ("state", models.CharField(choices=STATES, default="waiting", max_length=10)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("appointment", models.ForeignKey(on_delete=PROTECT, related_name="+", to="booking.appointment")),
                (
                    "cancelling",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="visits", to="booking.cancelling"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["cancelling"], name="cancelling_waiting_idx"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("cancelling", "appointment"), name="cancelling_visit_once")
                ],
            },
        ),
    ]

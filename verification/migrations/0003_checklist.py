import uuid

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import common.uploads.models


class Migration(migrations.Migration):
    dependencies = [
        ("doctors", "0003_gmc_number_proved_once"),
        ("verification", "0002_officers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChecklistItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("gmc-register", "GMC number and name"),
                            ("identity", "Identity document"),
                            ("indemnity", "Indemnity certificate"),
                            ("qualifications", "Qualifications"),
                            ("photo", "Photo"),
                            ("statement", "Statement"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("todo", "To do"),
                            ("provided", "Waiting for a check"),
                            ("asked", "Asked again"),
                            ("accepted", "Checked"),
                        ],
                        default="todo",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("answer", models.TextField(blank=True)),
                ("stated_expires_on", models.DateField(blank=True, null=True)),
                ("provided_at", models.DateTimeField(blank=True, null=True)),
                ("request", models.TextField(blank=True)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("source", models.CharField(blank=True, max_length=200)),
                ("checked_on", models.DateField(blank=True, null=True)),
                ("expires_on", models.DateField(blank=True, null=True)),
                ("note", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "key",
                    models.CharField(
                        default=common.uploads.models.quarantine_key, editable=False, max_length=100, unique=True
                    ),
                ),
                ("name", models.CharField(editable=False, max_length=120)),
                (
                    "media_type",
                    models.CharField(
                        choices=[("application/pdf", "PDF"), ("image/jpeg", "JPEG"), ("image/png", "PNG")],
                        editable=False,
                        max_length=20,
                        verbose_name="type",
                    ),
                ),
                ("size", models.PositiveIntegerField(editable=False)),
                ("sha256", models.CharField(db_index=True, editable=False, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("quarantined", "Waiting for the virus check"),
                            ("current", "Ready"),
                            ("infected", "Refused: a virus was found"),
                            ("unreadable", "Refused: the file could not be read"),
                        ],
                        default="quarantined",
                        editable=False,
                        max_length=11,
                    ),
                ),
                ("uploaded_at", models.DateTimeField(editable=False)),
                ("checked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "evidence",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HistoricalChecklistItem",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("gmc-register", "GMC number and name"),
                            ("identity", "Identity document"),
                            ("indemnity", "Indemnity certificate"),
                            ("qualifications", "Qualifications"),
                            ("photo", "Photo"),
                            ("statement", "Statement"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("todo", "To do"),
                            ("provided", "Waiting for a check"),
                            ("asked", "Asked again"),
                            ("accepted", "Checked"),
                        ],
                        default="todo",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("answer", models.TextField(blank=True)),
                ("stated_expires_on", models.DateField(blank=True, null=True)),
                ("provided_at", models.DateTimeField(blank=True, null=True)),
                ("request", models.TextField(blank=True)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("source", models.CharField(blank=True, max_length=200)),
                ("checked_on", models.DateField(blank=True, null=True)),
                ("expires_on", models.DateField(blank=True, null=True)),
                ("note", models.TextField(blank=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical checklist item",
                "verbose_name_plural": "historical checklist items",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="RegisterCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("provider", models.CharField(max_length=40)),
                ("subject", models.CharField(max_length=8, verbose_name="GMC number")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("matches", "On the register, the name agrees"),
                            ("name-differs", "On the register under another name"),
                            ("not-found", "Not on the register"),
                            ("manual", "To be looked up by hand"),
                            ("away", "The register did not answer"),
                        ],
                        max_length=20,
                    ),
                ),
                ("has_licence", models.BooleanField(null=True)),
                ("has_conditions", models.BooleanField(null=True)),
                ("on_specialist_register", models.BooleanField(null=True)),
                ("on_gp_register", models.BooleanField(null=True)),
                ("retrieved_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="VerificationSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "second_person",
                    models.BooleanField(
                        default=False,
                        help_text="With one officer alone an administrator is the second.",
                        verbose_name="a second person approves",
                    ),
                ),
                (
                    "target_days",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="What doctors are promised. Time that a case waits on its doctor does not count.",
                        verbose_name="days to a decision",
                    ),
                ),
            ],
            options={
                "verbose_name": "verification settings",
            },
        ),
        migrations.AddField(
            model_name="historicalverificationcase",
            name="assignee",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicalverificationcase",
            name="claimed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="historicalverificationcase",
            name="due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="historicalverificationcase",
            name="first_approved_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="historicalverificationcase",
            name="first_approved_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicalverificationcase",
            name="paused_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="verificationcase",
            name="assignee",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="verificationcase",
            name="claimed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="verificationcase",
            name="due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="verificationcase",
            name="first_approved_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="verificationcase",
            name="first_approved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="verificationcase",
            name="paused_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="verificationcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("assignee__isnull", True), ("claimed_at__isnull", True)),
                    models.Q(("assignee__isnull", False), ("claimed_at__isnull", False)),
                    _connector="OR",
                ),
                name="case_claimed_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="verificationcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("first_approved_at__isnull", True), ("first_approved_by__isnull", True)),
                    models.Q(("first_approved_at__isnull", False), ("first_approved_by__isnull", False)),
                    _connector="OR",
                ),
                name="case_first_approved_says_when",
            ),
        ),
        migrations.AddField(
            model_name="checklistitem",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="items", to="verification.verificationcase"
            ),
        ),
        migrations.AddField(
            model_name="checklistitem",
            name="checked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="verification.checklistitem"
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="uploaded_by",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicalchecklistitem",
            name="case",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="verification.verificationcase",
            ),
        ),
        migrations.AddField(
            model_name="historicalchecklistitem",
            name="checked_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicalchecklistitem",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="registercheck",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="register_checks",
                to="verification.verificationcase",
            ),
        ),
        migrations.AddIndex(
            model_name="checklistitem",
            index=models.Index(fields=["expires_on"], name="item_expires_idx"),
        ),
        migrations.AddConstraint(
            model_name="checklistitem",
            constraint=models.UniqueConstraint(fields=("case", "kind"), name="item_one_of_a_kind"),
        ),
        migrations.AddConstraint(
            model_name="checklistitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "accepted"), _negated=True),
                    models.Q(
                        ("checked_by__isnull", False),
                        ("checked_on__isnull", False),
                        models.Q(("source", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="item_accepted_says_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="checklistitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "asked"), _negated=True),
                    models.Q(("request", ""), _negated=True),
                    _connector="OR",
                ),
                name="item_asked_says_for_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("checked_at__isnull", True), ("state", "quarantined")),
                    models.Q(("checked_at__isnull", False), ("state__in", ["current", "infected", "unreadable"])),
                    _connector="OR",
                ),
                name="verification_evidence_checked_says_when",
            ),
        ),
    ]

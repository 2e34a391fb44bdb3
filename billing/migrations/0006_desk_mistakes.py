"""What the desk wrote down by mistake is taken back; and what evidence a bank was sent is known again."""

from django.conf import settings
from django.db import migrations, models

from common.migrating import MigrationAtOnce

_REFUSE = """
CREATE FUNCTION billing_captured_above_refunds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.captured_minor < (
        SELECT coalesce(sum(amount_minor), 0) FROM billing_refund
        WHERE payment_id = NEW.id AND status IN ('pending', 'requires_action', 'succeeded')
    ) THEN
        RAISE EXCEPTION 'refunds of payment % would exceed what it captured', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_captured_above_refunds';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_captured_above_refunds
    BEFORE UPDATE OF captured_minor ON billing_payment
    FOR EACH ROW WHEN (NEW.captured_minor < OLD.captured_minor)
    EXECUTE FUNCTION billing_captured_above_refunds();
"""
_ALLOW = """
DROP TRIGGER billing_captured_above_refunds ON billing_payment;
DROP FUNCTION billing_captured_above_refunds();
"""


class Migration(MigrationAtOnce):
    dependencies = [
        ("billing", "0005_after_disputes_lost"),
        ("booking", "0003_alter_confidential"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Until now only refunds could come to more than what was captured; now what was captured can become less.
        migrations.RunSQL(_REFUSE, _ALLOW),
        migrations.RemoveConstraint(
            model_name="payment",
            name="payment_desk_is_whole",
        ),
        migrations.RemoveConstraint(
            model_name="receipt",
            name="receipt_is_of_what_its_kind_says",
        ),
        migrations.AddField(
            model_name="dispute",
            name="evidence_digest",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="historicaldispute",
            name="evidence_digest",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AlterField(
            model_name="historicalpayment",
            name="status",
            field=models.CharField(
                choices=[
                    ("requires_payment_method", "Waiting for payment"),
                    ("requires_action", "Waiting for the bank’s check"),
                    ("processing", "Being processed"),
                    ("succeeded", "Paid"),
                    ("canceled", "Not paid"),
                    ("review", "Being looked at"),
                    ("entered-in-error", "Written down by mistake"),
                ],
                db_index=True,
                default="requires_payment_method",
                max_length=25,
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="status",
            field=models.CharField(
                choices=[
                    ("requires_payment_method", "Waiting for payment"),
                    ("requires_action", "Waiting for the bank’s check"),
                    ("processing", "Being processed"),
                    ("succeeded", "Paid"),
                    ("canceled", "Not paid"),
                    ("review", "Being looked at"),
                    ("entered-in-error", "Written down by mistake"),
                ],
                db_index=True,
                default="requires_payment_method",
                max_length=25,
            ),
        ),
        migrations.AlterField(
            model_name="receipt",
            name="kind",
            field=models.CharField(
                choices=[
                    ("receipt", "Receipt"),
                    ("credit-note", "Credit note"),
                    ("cancellation", "Cancellation of credit note"),
                    ("void", "Cancellation of receipt"),
                ],
                max_length=15,
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("method", "online"), models.Q(("status", "entered-in-error"), _negated=True)),
                    models.Q(
                        models.Q(("method", "online"), _negated=True), ("captured_minor", models.F("amount_minor"))
                    ),
                    models.Q(
                        models.Q(("method", "online"), _negated=True),
                        ("captured_minor", 0),
                        ("status", "entered-in-error"),
                    ),
                    _connector="OR",
                ),
                name="payment_desk_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cancels__isnull", True), ("kind", "receipt"), ("refund__isnull", True)),
                    models.Q(("cancels__isnull", True), ("kind", "credit-note"), ("refund__isnull", False)),
                    models.Q(
                        ("cancels__isnull", False), ("kind__in", ["cancellation", "void"]), ("refund__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="receipt_is_of_what_its_kind_says",
            ),
        ),
    ]

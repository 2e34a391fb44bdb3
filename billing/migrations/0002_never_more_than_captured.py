"""What the database itself refuses: refunds above what was captured. And the billing officers' rights."""

from typing import Any

from django.db import migrations

from accounts.roles import Role, role_permissions_add
from common.migrating import MigrationAtOnce

_REFUSE = """
CREATE FUNCTION billing_refund_within_captured() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    captured integer;
    promised bigint;
BEGIN
    -- Held, so that two refunds of one payment are counted one after the other.
    SELECT captured_minor INTO captured FROM billing_payment WHERE id = NEW.payment_id FOR NO KEY UPDATE;
    SELECT coalesce(sum(amount_minor), 0) INTO promised FROM billing_refund
    WHERE payment_id = NEW.payment_id AND id <> NEW.id AND status IN ('pending', 'requires_action', 'succeeded');
    IF NEW.status IN ('pending', 'requires_action', 'succeeded') AND promised + NEW.amount_minor > captured THEN
        RAISE EXCEPTION 'refunds of payment % would exceed what it captured', NEW.payment_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_refund_within_captured';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_refund_within_captured
    BEFORE INSERT OR UPDATE OF amount_minor, status, payment_id ON billing_refund
    FOR EACH ROW EXECUTE FUNCTION billing_refund_within_captured();
"""
_ALLOW = """
DROP TRIGGER billing_refund_within_captured ON billing_refund;
DROP FUNCTION billing_refund_within_captured();
"""


def give_rights(apps: Any, schema_editor: Any) -> None:
    for model in ("payment", "refund", "dispute", "complaint", "reconciliation", "receipt", "stripeevent"):
        role_permissions_add(apps, Role.BILLING_OFFICER, "billing", model, ("view",))
    role_permissions_add(apps, Role.ADMINISTRATOR, "billing", "billingsettings", ("change",))
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="wagtailadmin", model="admin"
    )
    access, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename="access_admin", defaults={"name": "Can access Wagtail admin"}
    )
    apps.get_model("auth", "Group").objects.get(name=Role.BILLING_OFFICER.value).permissions.add(access)


class Migration(MigrationAtOnce):
    dependencies = [
        ("billing", "0001_squashed_initial"),
        ("accounts", "0003_administrators"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
    ]

    operations = [
        migrations.RunSQL(_REFUSE, _ALLOW),
        migrations.RunPython(give_rights, migrations.RunPython.noop),
    ]

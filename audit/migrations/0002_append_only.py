from __future__ import annotations

from django.db import migrations

# Statement triggers, so that TRUNCATE and an UPDATE that meets no row are refused too; ENABLE ALWAYS, so that
# `session_replication_role = replica` does not step round them.
REFUSE_CHANGES = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log only grows: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_append_only;
ALTER TABLE audit_seal ENABLE ALWAYS TRIGGER audit_append_only;
"""

REFUSE_FORGED_IDS = """
CREATE FUNCTION audit_refuse_forged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.transaction_id IS DISTINCT FROM pg_current_xact_id()::text::bigint
        OR NEW.epoch IS DISTINCT FROM (pg_control_system()).system_identifier
    THEN
        RAISE EXCEPTION 'The transaction of an audit event is filled in by the database'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER audit_own_transaction BEFORE INSERT ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_forged();
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_own_transaction;
"""

# Role names differ from one installation to the next, so it takes the rights from whoever holds them. It is called
# again after every `migrate` (audit.apps), because a GRANT on all tables may have given them back.
WITHDRAW_RIGHTS = """
CREATE FUNCTION audit_withdraw_rights() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    held record;
BEGIN
    FOR held IN
        SELECT DISTINCT c.oid::regclass AS relation,
            CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
        FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
        WHERE c.oid IN ('audit_event'::regclass, 'audit_seal'::regclass)
            AND a.grantee <> c.relowner AND a.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM %s', held.relation, held.grantee);
    END LOOP;
END $$;

SELECT audit_withdraw_rights();
"""

UNDO = """
DROP FUNCTION audit_withdraw_rights();
DROP TRIGGER audit_own_transaction ON audit_event;
DROP TRIGGER audit_append_only ON audit_event;
DROP TRIGGER audit_append_only ON audit_seal;
DROP FUNCTION audit_refuse_forged();
DROP FUNCTION audit_refuse_change();
"""


class Migration(migrations.Migration):
    """The database itself keeps the log append-only, whoever writes: see docs/decisions/0007-audit-log.md."""

    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSE_CHANGES + REFUSE_FORGED_IDS + WITHDRAW_RIGHTS, UNDO),
    ]

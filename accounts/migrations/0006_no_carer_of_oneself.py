from __future__ import annotations

from django.db import migrations

# A check constraint sees one table alone.
REFUSE_ONESELF = """
CREATE FUNCTION accounts_refuse_own_carer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM accounts_patient WHERE id = NEW.patient_id AND user_id = NEW.user_id) THEN
        RAISE EXCEPTION 'Nobody is their own carer'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'carer_never_oneself';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER carer_never_oneself BEFORE INSERT OR UPDATE OF patient_id, user_id ON accounts_carer
    FOR EACH ROW WHEN (NEW.user_id IS NOT NULL) EXECUTE FUNCTION accounts_refuse_own_carer();
"""
FORGET = """
DROP TRIGGER carer_never_oneself ON accounts_carer;
DROP FUNCTION accounts_refuse_own_carer();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_carers_and_nhs_numbers")]

    operations = [migrations.RunSQL(REFUSE_ONESELF, FORGET)]

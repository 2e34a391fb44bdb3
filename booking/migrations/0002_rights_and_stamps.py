"""Who decides how the clinic books, and the stamps that say whether a doctor's free times have changed."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from accounts.roles import Role, role_permissions_add
from common.migrating import MigrationAtOnce

# Whatever decides when a doctor is free changes the doctor's stamp, and whatever decides it for many changes
# everybody's (the row without a doctor). In the same transaction, so that what was computed before counts no more as
# soon as others see the change.
#
# Whoever changes appointments has locked the doctor's row before, so nobody waits here for anybody. There is one
# exception, a wait that has ended and is cancelled for the sake of somebody else's booking: it took no time any more,
# so nothing changes for whoever asks, and the stamp stays.
#
# Appointments by the statement, for they may be written by the thousand; the others are written one at a time.
STAMP = """
CREATE FUNCTION booking_stamp_doctors(changed bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO doctors_calendarstamp (doctor_id, stamp)
    SELECT one, gen_random_uuid() FROM (SELECT DISTINCT unnest(changed) AS one ORDER BY one) each
    ON CONFLICT (doctor_id) DO UPDATE SET stamp = EXCLUDED.stamp;
$$;

CREATE FUNCTION booking_stamp_own() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        UPDATE doctors_calendarstamp SET stamp = gen_random_uuid() WHERE doctor_id = OLD.doctor_id;
    ELSE
        PERFORM booking_stamp_doctors(ARRAY[NEW.doctor_id]);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION booking_stamp_doctor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM booking_stamp_doctors(ARRAY[NEW.id]);
    RETURN NULL;
END $$;

CREATE FUNCTION booking_stamp_everybody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE doctors_calendarstamp SET stamp = gen_random_uuid() WHERE doctor_id IS NULL;
    RETURN NULL;
END $$;

CREATE FUNCTION booking_stamp_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM booking_stamp_doctors(ARRAY(SELECT doctor_id FROM added));
    RETURN NULL;
END $$;

CREATE FUNCTION booking_stamp_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM booking_stamp_doctors(ARRAY(
        SELECT unnest(ARRAY[before.doctor_id, after.doctor_id]) FROM before JOIN after USING (id)
        WHERE after.cancel_reason NOT IN ('hold-expired', 'lapsed') AND (
            before.doctor_id, before.visit_type_id, before.status, before.start, before.blocked, before.expires_at
        ) IS DISTINCT FROM (
            after.doctor_id, after.visit_type_id, after.status, after.start, after.blocked, after.expires_at
        )
    ));
    RETURN NULL;
END $$;

CREATE FUNCTION booking_stamp_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE doctors_calendarstamp SET stamp = gen_random_uuid()
    WHERE doctor_id IN (SELECT doctor_id FROM removed);
    RETURN NULL;
END $$;

CREATE TRIGGER booking_stamp_added AFTER INSERT ON booking_appointment
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION booking_stamp_added();
CREATE TRIGGER booking_stamp_changed AFTER UPDATE ON booking_appointment
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION booking_stamp_changed();
CREATE TRIGGER booking_stamp_removed AFTER DELETE ON booking_appointment
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION booking_stamp_removed();

CREATE TRIGGER booking_stamp AFTER INSERT OR UPDATE OR DELETE ON booking_availabilityrule
    FOR EACH ROW EXECUTE FUNCTION booking_stamp_own();
CREATE TRIGGER booking_stamp AFTER INSERT OR UPDATE OR DELETE ON booking_availabilityexception
    FOR EACH ROW EXECUTE FUNCTION booking_stamp_own();
CREATE TRIGGER booking_stamp AFTER INSERT OR UPDATE OR DELETE ON doctors_visittype
    FOR EACH ROW EXECUTE FUNCTION booking_stamp_own();
CREATE TRIGGER booking_stamp AFTER UPDATE ON doctors_doctor
    FOR EACH ROW EXECUTE FUNCTION booking_stamp_doctor();

CREATE TRIGGER booking_stamp AFTER INSERT OR UPDATE OR DELETE ON booking_locationclosure
    FOR EACH STATEMENT EXECUTE FUNCTION booking_stamp_everybody();
CREATE TRIGGER booking_stamp AFTER UPDATE OF zone, bank_holidays ON doctors_location
    FOR EACH STATEMENT EXECUTE FUNCTION booking_stamp_everybody();
CREATE TRIGGER booking_stamp AFTER INSERT OR UPDATE ON booking_bookingsettings
    FOR EACH STATEMENT EXECUTE FUNCTION booking_stamp_everybody();

-- So much room that a stamp changes where it is, without touching the index.
ALTER TABLE doctors_calendarstamp SET (fillfactor = 70);
INSERT INTO doctors_calendarstamp (doctor_id, stamp)
SELECT id, gen_random_uuid() FROM doctors_doctor UNION ALL SELECT NULL, gen_random_uuid();
"""

UNDO = """
DROP TRIGGER booking_stamp ON booking_bookingsettings;
DROP TRIGGER booking_stamp ON doctors_location;
DROP TRIGGER booking_stamp ON booking_locationclosure;
DROP TRIGGER booking_stamp ON doctors_doctor;
DROP TRIGGER booking_stamp ON doctors_visittype;
DROP TRIGGER booking_stamp ON booking_availabilityexception;
DROP TRIGGER booking_stamp ON booking_availabilityrule;
DROP TRIGGER booking_stamp_removed ON booking_appointment;
DROP TRIGGER booking_stamp_changed ON booking_appointment;
DROP TRIGGER booking_stamp_added ON booking_appointment;
DROP FUNCTION booking_stamp_removed();
DROP FUNCTION booking_stamp_changed();
DROP FUNCTION booking_stamp_added();
DROP FUNCTION booking_stamp_everybody();
DROP FUNCTION booking_stamp_doctor();
DROP FUNCTION booking_stamp_own();
DROP FUNCTION booking_stamp_doctors(bigint[]);
DELETE FROM doctors_calendarstamp;
"""


def open_the_settings(apps: Any, schema_editor: Any) -> None:
    """Administrators decide how the clinic books: paying at the clinic, holds, notice of cancellation."""
    role_permissions_add(apps, Role.ADMINISTRATOR, "booking", "bookingsettings", ("change",))


class Migration(MigrationAtOnce):
    replaces = [
        ("booking", "0003_administrators"),
        ("booking", "0014_calendar_stamps"),
        ("booking", "0015_alter_late_refunds"),
    ]
    dependencies = [
        ("booking", "0001_squashed_initial"),
        ("accounts", "0003_administrators"),
        ("doctors", "0002_rights_and_facets"),
    ]

    operations = [
        migrations.RunPython(open_the_settings, migrations.RunPython.noop),
        migrations.RunSQL(STAMP, UNDO),
    ]

"""Fills one of the databases with 1,000,000 appointments, as many records of each kind, and 1,000,000 grants on each.

By SQL; run by `manage.py shell`.

Among the generated doctors and patients: each doctor sees a thousand visits, each patient five hundred. Fifty thousand
accounts, the patients' among them but for the first one's, hold twenty grants each, one in ten of them over.
Nothing is booked in there, so the two constraints against overlaps, dear to fill, are left away.
"""

from __future__ import annotations

from django.db import connection

from booking.models import Appointment
from medconsult.demo.bulk import MADE_UP
from records.models import Document, Prescription, VisitNote

ROWS = 1_000_000
HOLDERS = 50_000

# Of a table that was nearly empty when it was counted the planner thinks that it may be read again for each row.
_SETTINGS = ("SET synchronous_commit = off", "SET enable_nestloop = off", "SET maintenance_work_mem = '512MB'")

_CONSTRAINTS = """
    ALTER TABLE booking_appointment
        DROP CONSTRAINT appointment_doctor_no_overlap, DROP CONSTRAINT appointment_patient_no_overlap
"""

_APPOINTMENTS = """
    WITH doctors AS (
        SELECT row_number() OVER (ORDER BY d.id) - 1 AS number, d.id AS doctor_id, v.id AS visit_type_id, l.location_id
        FROM (SELECT id FROM doctors_doctor WHERE starts_with(slug, %(made_up)s)) d
        JOIN LATERAL (SELECT id FROM doctors_visittype WHERE doctor_id = d.id ORDER BY position, id LIMIT 1) v ON true
        JOIN LATERAL (
            SELECT location_id FROM doctors_doctor_locations WHERE doctor_id = d.id ORDER BY id LIMIT 1
        ) l ON true
    ), patients AS (
        SELECT row_number() OVER (ORDER BY p.id) - 1 AS number, p.id AS patient_id, p.user_id
        FROM accounts_patient p JOIN accounts_user u ON u.id = p.user_id WHERE starts_with(u.email, %(made_up)s)
    ), sizes AS (
        SELECT (SELECT count(*) FROM doctors) AS doctors, (SELECT count(*) FROM patients) AS patients
    ), numbers AS (
        SELECT n, n %% sizes.doctors AS doctor, n / sizes.doctors AS turn,
               (n + n / sizes.doctors * 7) %% sizes.patients AS patient
        FROM sizes, generate_series(0, %(rows)s - 1 - (SELECT count(*) FROM booking_appointment)) AS n
    )
    INSERT INTO booking_appointment (
        public_id, reference, doctor_id, patient_id, location_id, visit_type_id, booked_by_id, status, pending_reason,
        cancel_reason, start, "end", blocked, lane, modality, price_minor, currency, amount_due_minor, policy, reason,
        calendar_sequence, created_at
    )
    SELECT gen_random_uuid(), 'M0' || lpad(n::text, 10, '0'), doctor_id, patient_id, location_id, visit_type_id,
           user_id, 'booked', '', '', start, start + interval '20 minutes',
           tstzrange(start, start + interval '20 minutes'), 0, 'in_person', 0, 'gbp', 0, '{}', '', 0, start
    FROM numbers
    JOIN doctors ON doctors.number = doctor
    JOIN patients ON patients.number = patient
    CROSS JOIN LATERAL (SELECT timestamptz '2020-01-01 09:00Z' + turn * interval '20 minutes' AS start) AS time
"""

_HOLDERS = """
    INSERT INTO accounts_user (
        public_id, email, password, first_name, last_name, is_superuser, is_staff, is_active, date_joined
    )
    SELECT gen_random_uuid(), %(made_up)s || 'holder' || n || '@demo.example', '!', '', '', false, false, true, now()
    FROM generate_series(
        1, %(holders)s + 1 - (SELECT count(*) FROM accounts_user WHERE starts_with(email, %(made_up)s))
    )
        AS n
"""

_NOTES = """
    INSERT INTO records_visitnote (
        public_id, appointment_id, patient_id, doctor_id, status, draft, draft_version, created_at, version_count,
        signed_at, released_at, error_reason
    )
    SELECT gen_random_uuid(), a.id, a.patient_id, a.doctor_id, 'final', '', 1, a.start, 1, a.start, a.start, ''
    FROM booking_appointment a WHERE NOT EXISTS (SELECT FROM records_visitnote n WHERE n.appointment_id = a.id)
"""

_DOCUMENTS = """
    INSERT INTO records_document (
        public_id, key, name, media_type, size, sha256, state, uploaded_by_id, uploaded_at, checked_at, patient_id,
        appointment_id, doctor_id, category, title, status, error_reason
    )
    SELECT gen_random_uuid(), 'checked/' || a.reference, 'result.pdf', 'application/pdf', 1000, md5(a.reference),
           'current', a.booked_by_id, a.start, a.start, a.patient_id, a.id, a.doctor_id, 'result', 'A result',
           'current', ''
    FROM booking_appointment a WHERE NOT EXISTS (SELECT FROM records_document d WHERE d.appointment_id = a.id)
"""

_PRESCRIPTIONS = """
    INSERT INTO records_prescription (
        public_id, patient_id, doctor_id, appointment_id, status, draft, draft_version, created_at, signed_at,
        valid_until, reason
    )
    SELECT gen_random_uuid(), a.patient_id, a.doctor_id, a.id, 'expired', '', 1, a.start, a.start,
           (a.start + interval '6 months')::date, ''
    FROM booking_appointment a WHERE NOT EXISTS (SELECT FROM records_prescription p WHERE p.appointment_id = a.id)
"""

_GRANTS = """
    WITH holders AS (
        SELECT row_number() OVER (ORDER BY id) - 1 AS number, id AS user_id
        FROM accounts_user
        WHERE starts_with(email, %(made_up)s)
        AND id <> (SELECT user_id FROM accounts_patient p JOIN accounts_user u ON u.id = p.user_id
                   WHERE starts_with(u.email, %(made_up)s) ORDER BY p.id LIMIT 1)
    ), guarded AS (
        SELECT row_number() OVER (ORDER BY id) - 1 AS number, id FROM {table}
    ), sizes AS (
        SELECT (SELECT count(*) FROM holders) AS holders, (SELECT count(*) FROM guarded) AS guarded
    ), right_to_see AS (
        SELECT p.id FROM auth_permission p JOIN django_content_type t ON t.id = p.content_type_id
        WHERE t.app_label = %(app)s AND p.codename = %(codename)s
    )
    INSERT INTO {table_of_grants} (user_id, permission_id, content_object_id, expires_at)
    SELECT holders.user_id, right_to_see.id, guarded.id, CASE WHEN n %% 10 = 0 THEN timestamptz '2021-01-01' END
    FROM right_to_see, sizes, generate_series(0, %(rows)s::bigint - 1) AS n
    JOIN holders ON holders.number = n %% (SELECT holders FROM sizes)
    JOIN guarded ON guarded.number = n * 7919 %% (SELECT guarded FROM sizes)
"""

_GUARDED = (Appointment, VisitNote, Document, Prescription)


def fill() -> None:
    """In some minutes. The rows that there are already count."""
    facts: dict[str, str | int] = {"made_up": MADE_UP, "rows": ROWS, "holders": HOLDERS}
    with connection.cursor() as cursor:
        for statement in (*_SETTINGS, _CONSTRAINTS):
            cursor.execute(statement)
        for statement in (_APPOINTMENTS, _NOTES, _DOCUMENTS, _PRESCRIPTIONS, _HOLDERS):
            cursor.execute(statement, facts)
        for model in _GUARDED:
            meta = model._meta
            tables = {"table": meta.db_table, "table_of_grants": f"{meta.db_table}usergrant"}
            right = {"app": meta.app_label, "codename": f"view_{meta.model_name}"}
            cursor.execute(_GRANTS.format(**tables), {**facts, **right})
        cursor.execute("VACUUM ANALYZE")

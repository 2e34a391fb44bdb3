"""Fills one of the databases with 1,000,000 appointments and 1,000,000 grants, by SQL. Run by `manage.py shell`.

Among the generated doctors and patients: each doctor sees a thousand visits, each patient five hundred. Fifty thousand
accounts, the patients' among them but for the first one's, hold twenty grants each, one in ten of them over.
Nothing is booked in there, so the two constraints against overlaps, dear to fill, are left away.
"""

from __future__ import annotations

from django.db import connection

from medconsult.demo.bulk import MADE_UP

ROWS = 1_000_000
HOLDERS = 50_000

_SETTINGS = ("SET synchronous_commit = off", "SET maintenance_work_mem = '512MB'")

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

_GRANTS = """
    WITH holders AS (
        SELECT row_number() OVER (ORDER BY id) - 1 AS number, id AS user_id
        FROM accounts_user
        WHERE starts_with(email, %(made_up)s)
        AND id <> (SELECT user_id FROM accounts_patient p JOIN accounts_user u ON u.id = p.user_id
                   WHERE starts_with(u.email, %(made_up)s) ORDER BY p.id LIMIT 1)
    ), visits AS (
        SELECT row_number() OVER (ORDER BY id) - 1 AS number, id FROM booking_appointment
    ), sizes AS (
        SELECT (SELECT count(*) FROM holders) AS holders, (SELECT count(*) FROM visits) AS visits
    ), right_to_see AS (
        SELECT p.id FROM auth_permission p JOIN django_content_type t ON t.id = p.content_type_id
        WHERE t.app_label = 'booking' AND p.codename = 'view_appointment'
    )
    INSERT INTO booking_appointmentusergrant (user_id, permission_id, content_object_id, expires_at)
    SELECT holders.user_id, right_to_see.id, visits.id, CASE WHEN n %% 10 = 0 THEN timestamptz '2021-01-01' END
    FROM right_to_see, sizes, generate_series(0, %(rows)s::bigint - 1) AS n
    JOIN holders ON holders.number = n %% (SELECT holders FROM sizes)
    JOIN visits ON visits.number = n * 7919 %% (SELECT visits FROM sizes)
"""


def fill() -> None:
    """In less than a minute. The rows that there are already count."""
    with connection.cursor() as cursor:
        for statement in (*_SETTINGS, _CONSTRAINTS):
            cursor.execute(statement)
        for statement in (_APPOINTMENTS, _HOLDERS, _GRANTS):
            cursor.execute(statement, {"made_up": MADE_UP, "rows": ROWS, "holders": HOLDERS})
        cursor.execute("VACUUM ANALYZE")

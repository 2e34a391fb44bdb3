"""Run inside Django: how many pairs of live appointments overlap, of one doctor or of one patient. Prints JSON.

The constraints' own question, asked without them.
"""

from __future__ import annotations

import json

import django

django.setup()

from django.db import connection  # noqa: E402

from booking.states import LIVE  # noqa: E402

_PAIRS = """
    SELECT count(*) FROM booking_appointment one JOIN booking_appointment other ON one.id < other.id
        AND (one.doctor_id = other.doctor_id AND one.blocked && other.blocked
            OR one.patient_id = other.patient_id AND tstzrange(one.start, one."end")
                && tstzrange(other.start, other."end"))
    WHERE one.status = ANY(%(live)s) AND other.status = ANY(%(live)s) AND one.lane = other.lane
        AND one.start > now() AND other.start > now()
"""

if __name__ == "__main__":
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, {"live": sorted(LIVE)})
        print(json.dumps(cursor.fetchone()[0]))

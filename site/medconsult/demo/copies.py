"""Generated doctors beyond the first thousand, and all generated visits but the first, copied by SQL from rows that are
there: to build each row in Python takes ten times as long.

Every column that is not named here is copied as it is, so a new column of a model needs nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count, islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Model
from wagtail.models import Page

from booking.models import Appointment, AvailabilityRule
from booking.states import LIVE
from doctors.models import Doctor, DoctorIndexPage, DoctorPage, Listing, VisitType
from verification.models import VerificationCase

ORIGINALS = 1000

_OF_DIARY = "copies JOIN {table} original ON original.doctor_id = copies.diary"
_OWN = {"public_id": "gen_random_uuid()", "doctor_id": "copies.doctor_id"}


def copy_doctors(start: int, stop: int, *, made_up: str, now: datetime) -> None:
    """Make the doctors of these numbers, with all that the generated doctors before them have.

    Diaries are those of doctors whom nobody has booked, so the listings of these are true for their copies.
    """
    values = {"start": start, "stop": stop, "made_up": made_up, "now": now, "live": sorted(LIVE), "most": ORIGINALS}
    with transaction.atomic():
        _run(_COPIES, values)
        _copy(Doctor, _DOCTOR, f"copies JOIN doctors_doctor original ON original.id = copies.person {_FAMILY}", values)
        _copy(Doctor.specialties.through, _OWN, _OF_DIARY.replace("diary", "field"))
        for model in (Doctor.locations.through, VisitType, AvailabilityRule):
            _copy(model, _OWN, _OF_DIARY)
        verified = dict.fromkeys(("created_at", "submitted_at", "decided_at"), "%(now)s")
        _copy(VerificationCase, {**_OWN, **verified}, _OF_DIARY, values)
        _copy(Listing, {**_OWN, **_LISTING}, f"{_OF_DIARY} JOIN doctors_doctor own ON own.id = copies.doctor_id")
        _copy_pages(stop - start)


def _copy_pages(pages: int) -> None:
    index = DoctorIndexPage.objects.get()
    values = {"paths": list(islice(paths_below(index), pages)), "above": index.url_path}
    _run(_PAGE_OF_EACH, values)
    _copy(Page, _PAGE, "copied_pages copies JOIN {table} original ON original.id = copies.original", values)
    of_page = "copied_pages copies JOIN {table} original ON original.page_ptr_id = copies.original"
    _copy(DoctorPage, _DOCTOR_PAGE, of_page)
    Page.objects.filter(pk=index.pk).update(numchild=Page.objects.child_of(index).count())


def paths_below(index: Page) -> Iterator[str]:
    """Treebeard's paths of new last children."""
    last = Page.objects.child_of(index).aggregate(path=Max("path"))["path"]
    step = Page._str2int(last[-Page.steplen :]) if last else 0  # noqa: SLF001
    return (Page._get_path(index.path, index.depth + 1, number) for number in count(step + 1))  # noqa: SLF001


def copy_visits(like: Appointment, *, since: int, until: int, known: int, before: datetime, made_up: str) -> None:
    """Make the visits of these numbers: one for each doctor at each time of a day, backwards from a midnight.

    Their references go on from so many that are known.
    """
    values = {"like": like.pk, "since": since, "until": until, "known": known, "before": before, "made_up": made_up}
    _copy(Appointment, _VISIT, _TURNS, values)


def _copy(model: type[Model], changed: Mapping[str, str], rows: str, values: Mapping[str, Any] | None = None) -> None:
    """Insert a copy of the table `original` of `rows`, with these columns said anew: SQL by column.

    Keys are the table's own to give, unless one is said.
    """
    named = [field.column or "" for field in model._meta.local_concrete_fields]
    columns = [column for column in named if column in changed or column != "id"]
    table = model._meta.db_table
    into = ", ".join(f'"{column}"' for column in columns)
    what = ", ".join(changed.get(column, f'original."{column}"') for column in columns)
    # Names of ours; the values are parameters.
    _run(f"INSERT INTO {table} ({into}) SELECT {what} FROM {rows.format(table=table)}", values)  # noqa: S608


def _run(sql: str, values: Mapping[str, Any] | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or {})


# Steps without a common factor: the same person comes with another diary each time.
_COPIES = """
    DROP TABLE IF EXISTS copies, copied_pages;
    CREATE TEMPORARY TABLE copies ON COMMIT DROP AS
    WITH original AS MATERIALIZED (
        SELECT id, row_number() OVER (ORDER BY id) - 1 AS turn FROM (
            SELECT id FROM doctors_doctor doctor
            WHERE starts_with(slug, %(made_up)s) AND NOT EXISTS (
                SELECT FROM booking_appointment WHERE doctor_id = doctor.id AND status = ANY(%(live)s)
                AND "end" > %(now)s)
            ORDER BY id LIMIT %(most)s) unbooked
    ), size AS (SELECT count(*) AS size FROM original)
    SELECT nextval(pg_get_serial_sequence('doctors_doctor', 'id')) AS doctor_id, number,
        diary.id AS diary, person.id AS person, family.id AS family, field.id AS field
    FROM size CROSS JOIN generate_series(%(start)s, %(stop)s - 1) AS number
    JOIN original diary ON diary.turn = number %% size
    JOIN original person ON person.turn = (number * 7 + number / size * 37) %% size
    JOIN original family ON family.turn = (number * 11 + number / size * 101) %% size
    JOIN original field ON field.turn = (number * 13 + number / size * 211) %% size
"""
_FAMILY = "JOIN doctors_doctor family ON family.id = copies.family"
_DOCTOR = {
    **_OWN,
    "id": "copies.doctor_id",
    "family_name": "family.family_name",
    "slug": "%(made_up)s || copies.number",
    "gmc_number": "(8000000 + copies.number)::text",
    "verified_at": "%(now)s",
    "created_at": "%(now)s",
}
_LISTING = {
    "next_type_ids": """ARRAY(
        SELECT new.public_id FROM unnest(original.next_type_ids) WITH ORDINALITY AS time(type_id, turn)
        JOIN doctors_visittype old ON old.public_id = time.type_id
        JOIN doctors_visittype new ON new.doctor_id = copies.doctor_id AND new.position = old.position
        ORDER BY time.turn)""",
    "specialty_ids": "ARRAY(SELECT specialty_id FROM doctors_doctor_specialties WHERE doctor_id = own.id ORDER BY 1)",
    "languages": "own.languages",
    "gender": "own.gender",
}
_PAGE_OF_EACH = """
    CREATE TEMPORARY TABLE copied_pages ON COMMIT DROP AS
    SELECT copies.doctor_id, nextval(pg_get_serial_sequence('wagtailcore_page', 'id')) AS page_id, paths.path,
        page.page_ptr_id AS original, concat_ws(' ', nullif(doctor.title, ''), given_name, family_name) AS name,
        doctor.slug
    FROM (SELECT *, row_number() OVER (ORDER BY number) AS turn FROM copies) copies
    JOIN unnest(%(paths)s::text[]) WITH ORDINALITY AS paths(path, turn) ON paths.turn = copies.turn
    JOIN doctors_doctor doctor ON doctor.id = copies.doctor_id
    JOIN doctors_doctorpage page ON page.doctor_id = copies.person
"""
_PAGE = {
    "id": "copies.page_id",
    "title": "copies.name",
    "draft_title": "copies.name",
    "slug": "copies.slug",
    "path": "copies.path",
    "url_path": "%(above)s || copies.slug || '/'",
    "translation_key": "gen_random_uuid()",
    "latest_revision_id": "NULL",
    "live_revision_id": "NULL",
}
_DOCTOR_PAGE = {
    "page_ptr_id": "copies.page_id",
    "doctor_id": "copies.doctor_id",
    "biography": "'<p>' || copies.name || ' sees patients in person and by video.</p>'",
}
# As many doctors as there are patients: all of a turn are at one time, so each patient once.
_TURNS = """
    (WITH patient AS MATERIALIZED (
        SELECT person.id AS patient_id, user_id, row_number() OVER (ORDER BY person.id) - 1 AS place
        FROM accounts_patient person JOIN accounts_user ON accounts_user.id = user_id
        WHERE starts_with(email, %(made_up)s)
    ), size AS (SELECT count(*) AS patients FROM patient), staff AS MATERIALIZED (
        SELECT doctor_id, visit.id AS visit_type_id, row_number() OVER (ORDER BY visit.id) - 1 AS place,
            (SELECT location_id FROM doctors_doctor_locations own WHERE own.doctor_id = visit.doctor_id LIMIT 1)
                AS location_id
        FROM doctors_visittype visit JOIN doctors_doctor doctor ON doctor.id = doctor_id
        WHERE starts_with(slug, %(made_up)s) AND position = 0 ORDER BY visit.id LIMIT (SELECT patients FROM size)
    ), doctors AS (SELECT count(*) AS doctors FROM staff)
    SELECT %(known)s + number AS number, staff.doctor_id, visit_type_id, location_id, patient_id, user_id,
        %(before)s - interval '1 day' * (turn / 24 + 1) + interval '9 hours' + interval '20 minutes' * (turn %% 24)
            AS start
    FROM size CROSS JOIN doctors CROSS JOIN generate_series(%(since)s, %(until)s - 1) AS number
    CROSS JOIN LATERAL (SELECT number / doctors AS turn) AS turns
    JOIN staff ON staff.place = number %% doctors
    JOIN patient ON patient.place = (number %% doctors + turn * 7) %% patients) copies
    JOIN booking_appointment original ON original.id = %(like)s
"""
_VISIT = {
    "public_id": "gen_random_uuid()",
    "reference": "left(original.reference, 2) || lpad(copies.number::text, 9, '0')",
    "doctor_id": "copies.doctor_id",
    "patient_id": "copies.patient_id",
    "booked_by_id": "copies.user_id",
    "location_id": "copies.location_id",
    "visit_type_id": "copies.visit_type_id",
    "start": "copies.start",
    "end": 'copies.start + (original."end" - original.start)',
    "blocked": 'tstzrange(copies.start, copies.start + (original."end" - original.start))',
    "created_at": "copies.start - interval '7 days'",
}

"""Who may keep the doctors, and the counts beside the search that follow the listing."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from accounts.roles import Role, role_permissions_add
from common.migrating import MigrationAtOnce

KEPT_BY_ADMINISTRATORS = ("specialty", "location", "doctor", "visittype")


def share_out(apps: Any, schema_editor: Any) -> None:
    """Administrators keep doctors and what belongs to them; editors look them up to write their pages.

    Both keep the words by which patients find a specialty.
    """
    for model in KEPT_BY_ADMINISTRATORS:
        role_permissions_add(apps, Role.ADMINISTRATOR, "doctors", model, ("add", "change", "view"))
        role_permissions_add(apps, Role.CONTENT_EDITOR, "doctors", model, ("view",))
    for role in (Role.ADMINISTRATOR, Role.CONTENT_EDITOR):
        role_permissions_add(apps, role, "doctors", "searchword", ("add", "change", "delete", "view"))


# A listing's place and kind of visit are in each of its keys; specialties, languages and gender also stand empty there.
KEYS = """
CREATE FUNCTION doctors_facet_keys(
    location_id bigint, modality text, specialty_ids bigint[], languages text[], gender text
) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 12 AS $$
    SELECT coalesce($1::text, '') || '|' || $2 || '|' || specialty || '|' || language || '|' || of_gender
    FROM (SELECT DISTINCT unnest($3::text[] || ''::text) AS specialty) specialties,
        (SELECT DISTINCT unnest($4 || ''::text) AS language) languages,
        (SELECT DISTINCT unnest(ARRAY[$5, '']) AS of_gender) genders
$$;
"""
# Statement by statement. What bookings write changes times alone, and costs the comparison of a few rows.
FOLLOW = """
CREATE FUNCTION doctors_facets_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO doctors_facetcount (key, doctors)
        SELECT key, count(*)
        FROM after_rows, doctors_facet_keys(location_id, modality, specialty_ids, languages, gender) AS key
        GROUP BY key;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO doctors_facetcount (key, doctors)
        SELECT key, -count(*)
        FROM before_rows, doctors_facet_keys(location_id, modality, specialty_ids, languages, gender) AS key
        GROUP BY key;
    ELSE
        INSERT INTO doctors_facetcount (key, doctors)
        SELECT key, sum(step)
        FROM before_rows gone JOIN after_rows fresh USING (id), LATERAL (
            SELECT -1 AS step, doctors_facet_keys(
                gone.location_id, gone.modality, gone.specialty_ids, gone.languages, gone.gender) AS key
            UNION ALL
            SELECT 1, doctors_facet_keys(
                fresh.location_id, fresh.modality, fresh.specialty_ids, fresh.languages, fresh.gender)
        ) steps
        WHERE (gone.location_id, gone.modality, gone.specialty_ids, gone.languages, gone.gender)
            IS DISTINCT FROM (fresh.location_id, fresh.modality, fresh.specialty_ids, fresh.languages, fresh.gender)
        GROUP BY key HAVING sum(step) <> 0;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER doctors_facets_added AFTER INSERT ON doctors_listing
    REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION doctors_facets_follow();
CREATE TRIGGER doctors_facets_changed AFTER UPDATE ON doctors_listing
    REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION doctors_facets_follow();
CREATE TRIGGER doctors_facets_removed AFTER DELETE ON doctors_listing
    REFERENCING OLD TABLE AS before_rows FOR EACH STATEMENT EXECUTE FUNCTION doctors_facets_follow();
"""
FOLLOW_NO_MORE = """
DROP TRIGGER doctors_facets_added ON doctors_listing;
DROP TRIGGER doctors_facets_changed ON doctors_listing;
DROP TRIGGER doctors_facets_removed ON doctors_listing;
DROP FUNCTION doctors_facets_follow();
"""


class Migration(MigrationAtOnce):
    replaces = [
        ("doctors", "0002_roles"),
        ("doctors", "0010_search_words"),
        ("doctors", "0015_facets_follow"),
        ("doctors", "0016_calendar_stamps"),
    ]
    dependencies = [("doctors", "0001_squashed_initial"), ("accounts", "0002_roles")]

    operations = [
        migrations.RunPython(share_out, migrations.RunPython.noop),
        migrations.RunSQL(KEYS, "DROP FUNCTION doctors_facet_keys(bigint, text, bigint[], text[], text)"),
        migrations.RunSQL(FOLLOW, FOLLOW_NO_MORE),
    ]

from __future__ import annotations

from django.db import migrations

# What `manage.py createcachetable` makes, so that an installation needs no step besides `migrate`.
CREATE = """
CREATE TABLE common_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX common_cache_expires ON common_cache (expires);
"""


class Migration(migrations.Migration):
    """Rate limits must outlast a flushed Redis, so the default cache is this table (CACHES in the settings)."""

    dependencies = [("common", "0002_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP TABLE common_cache")]

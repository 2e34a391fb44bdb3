from __future__ import annotations

from django.db.migrations.loader import MigrationLoader


def test_the_first_migration_waits_for_nothing_of_wagtails() -> None:
    """Wagtail's migrations wait for the user model, so the other way round would be a circle."""
    before = MigrationLoader(None).graph.forwards_plan(("accounts", "0001_initial"))
    assert ("accounts", "0001_initial") in before
    assert not [app for app, _ in before if app.startswith(("wagtail", "home", "doctors"))]

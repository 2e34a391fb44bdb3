from __future__ import annotations

from pathlib import Path

from django.core.management import call_command


def test_the_schema_is_valid_and_leaves_no_guess(tmp_path: Path) -> None:
    """Anything that the generator has to guess is a warning, and each warning fails the command."""
    target = tmp_path / "schema.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(target))
    for path in ("/api/appointments/", "/api/appointments/{appointment_id}/cancel/", "/api/doctors/{slug}/slots/"):
        assert f"{path}:" in target.read_text()

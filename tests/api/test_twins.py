"""What can be done on a page can be done by the API: the two stand side by side in `twins.py`."""

from __future__ import annotations

from tests.api.twins import MISSING, NO_TWIN, TWINS
from tests.permissions.matrix.routes import all_routes
from tests.permissions.matrix.table import rows_of

NOT_OURS = ("/api/", "/admin/", "/django-admin/")


def _actions() -> set[str]:
    """The pages of patients, doctors and desks that take a POST from anybody, as the permission matrix has proved.

    allauth's own are not among them: they have theirs below /api/auth/.
    """
    pages = (route.key for route in all_routes() if not route.pattern.startswith(NOT_OURS))
    return {key for key in pages if any("POST" in row.methods for row in rows_of(key))}


def test_each_action_of_a_page_has_its_twin_or_a_reason_why_it_needs_none() -> None:
    assert set(TWINS) | set(NO_TWIN) | MISSING == _actions()
    assert len(TWINS) + len(NO_TWIN) + len(MISSING) == len(_actions())


def test_each_twin_is_there_and_changes_something() -> None:
    api = {route.key for route in all_routes() if route.is_api}
    assert set(TWINS.values()) <= api
    unsafe = {"POST", "PUT", "PATCH", "DELETE"}
    idle = {name for name in TWINS.values() if not any(unsafe & set(row.methods) for row in rows_of(name))}
    assert idle == set()

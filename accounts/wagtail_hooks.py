from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from wagtail import hooks


@hooks.register("before_bulk_action")
def refuse_roles_in_bulk(_request: HttpRequest, action_type: str, _objects: Sequence[Any], _action_class: Any) -> None:
    """Wagtail's "Assign role" would change roles beside the service that locks and audits it."""
    if action_type == "assign_role":
        raise PermissionDenied

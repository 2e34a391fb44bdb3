from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import TextChoices


class Role(TextChoices):
    """What a person may do here; each is the name of a Django group that holds the permissions of its screens."""

    PATIENT = "Patients"
    DOCTOR = "Doctors"
    CLINIC_STAFF = "Clinic staff"
    CONTENT_EDITOR = "Content editors"
    CONTENT_MODERATOR = "Content moderators"
    VERIFICATION_OFFICER = "Verification officers"
    BILLING_OFFICER = "Billing officers"
    AUDITOR = "Auditors"
    ADMINISTRATOR = "Administrators"


def role_permissions_add(apps: Any, role: Role, app_label: str, model: str, actions: Iterable[str]) -> None:
    """For migrations: lets `role` do `actions` ("view", "change", …) to `app_label.model`.

    Django makes permission rows only after all migrations have run, so they are made here where they are missing.
    """
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role.value)
    for action in actions:
        permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type,
            codename=f"{action}_{model}",
            defaults={"name": f"Can {action} {model}"},
        )
        group.permissions.add(permission)

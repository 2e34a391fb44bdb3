"""Content moderators: they write as editors do, and approve what others send through the workflow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import migrations

from accounts.roles import Role, role_permissions_add
from common.migrating import MigrationAtOnce

ON_PAGES = ("add", "change", "publish", "lock", "unlock")
ON_FILES = ("add", "change", "choose")


def _permissions(apps: Any, app_label: str, model: str, actions: Iterable[str]) -> list[Any]:
    return [
        apps.get_model("auth", "Permission").objects.get(
            content_type__app_label=app_label, content_type__model=model, codename=f"{action}_{model}"
        )
        for action in actions
    ]


def open_the_pages(apps: Any, schema_editor: Any) -> None:
    role = Role.CONTENT_MODERATOR
    home = apps.get_model("home", "HomePage").objects.get()
    library = apps.get_model("wagtailcore", "Collection").objects.get(depth=1)
    access = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="wagtailadmin", codename="access_admin"
    )
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role.value)
    group.permissions.add(access)
    role_permissions_add(apps, role, "home", "sitesettings", ("change",))
    role_permissions_add(apps, role, "wagtailcore", "page", ON_PAGES)
    on_pages = apps.get_model("wagtailcore", "GroupPagePermission").objects
    for permission in _permissions(apps, "wagtailcore", "page", ON_PAGES):
        group.permissions.remove(permission)
        on_pages.get_or_create(group=group, page_id=home.pk, permission=permission)
    on_files = apps.get_model("wagtailcore", "GroupCollectionPermission").objects
    for app_label, model in (("wagtailimages", "image"), ("wagtaildocs", "document")):
        for permission in _permissions(apps, app_label, model, ON_FILES):
            on_files.get_or_create(group=group, collection=library, permission=permission)


def hand_them_the_workflow(apps: Any, schema_editor: Any) -> None:
    """Wagtail's own workflow asks a group of Wagtail's own, in which nobody is."""
    group = apps.get_model("auth", "Group").objects.get(name=Role.CONTENT_MODERATOR.value)
    administrators = apps.get_model("auth", "Group").objects.get(name=Role.ADMINISTRATOR.value)
    for task in apps.get_model("wagtailcore", "GroupApprovalTask").objects.all():
        task.groups.set([group, administrators])


class Migration(MigrationAtOnce):
    dependencies = [
        ("home", "0004_alter_page_types"),
        ("doctors", "0004_moderators"),
        ("wagtailcore", "0048_add_default_workflows"),
    ]

    operations = [
        migrations.RunPython(open_the_pages, migrations.RunPython.noop),
        migrations.RunPython(hand_them_the_workflow, migrations.RunPython.noop),
    ]

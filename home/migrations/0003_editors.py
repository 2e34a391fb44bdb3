from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import migrations

from accounts.roles import Role, role_permissions_add
from common.migrating import MigrationAtOnce

PAGES = ("add", "change", "publish")
PAGES_ADMINISTRATORS = (*PAGES, "bulk_delete", "lock", "unlock")
FILES = ("add", "change", "choose")


def _permissions(apps: Any, app_label: str, model: str, actions: Iterable[str]) -> list[Any]:
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    permissions = apps.get_model("auth", "Permission").objects
    return [
        permissions.get_or_create(
            content_type=content_type, codename=f"{action}_{model}", defaults={"name": f"Can {action} {model}"}
        )[0]
        for action in actions
    ]


def open_the_pages(apps: Any, schema_editor: Any) -> None:
    """Content editors and administrators write, publish and schedule pages, with their pictures and documents."""
    home = apps.get_model("home", "HomePage").objects.get()
    library = apps.get_model("wagtailcore", "Collection").objects.get(depth=1)
    access = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="wagtailadmin", codename="access_admin"
    )
    for role, actions in ((Role.CONTENT_EDITOR, PAGES), (Role.ADMINISTRATOR, PAGES_ADMINISTRATORS)):
        group = apps.get_model("auth", "Group").objects.get(name=role.value)
        group.permissions.add(access)
        role_permissions_add(apps, role, "home", "sitesettings", ("change",))
        on_pages = apps.get_model("wagtailcore", "GroupPagePermission").objects
        for permission in _permissions(apps, "wagtailcore", "page", actions):
            on_pages.get_or_create(group=group, page_id=home.pk, permission=permission)
        on_files = apps.get_model("wagtailcore", "GroupCollectionPermission").objects
        for app_label, model in (("wagtailimages", "image"), ("wagtaildocs", "document")):
            for permission in _permissions(apps, app_label, model, FILES):
                on_files.get_or_create(group=group, collection=library, permission=permission)


class Migration(MigrationAtOnce):
    dependencies = [
        ("home", "0002_front_door"),
        ("accounts", "0003_administrators"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailimages", "0027_image_description"),
        ("wagtaildocs", "0014_alter_document_file_size"),
    ]

    operations = [migrations.RunPython(open_the_pages, migrations.RunPython.noop)]

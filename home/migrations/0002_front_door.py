from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import migrations

from common.migrating import MigrationAtOnce

WELCOME = "00010001"


def _block(kind: str, **value: Any) -> dict[str, Any]:
    return {"type": kind, "value": value, "id": str(uuid4())}


def _step(title: str, text: str) -> dict[str, Any]:
    return {"type": "item", "value": {"title": title, "text": text}, "id": str(uuid4())}


def _column(heading: str, *links: tuple[str, int | None, str]) -> dict[str, Any]:
    items = [
        {"type": "item", "value": {"label": label, "page": page, "address": address}, "id": str(uuid4())}
        for label, page, address in links
    ]
    return _block("column", heading=heading, links=items)


def _body() -> str:
    """What a new installation's front door shows until editors change it."""
    steps = [
        _step("Choose a doctor", "Every doctor here is checked against the register before you can see them."),
        _step("Choose a time", "You see real free times, and the one you choose is yours."),
        _step("Be seen", "We confirm by email, with a file for your calendar."),
    ]
    return json.dumps(
        [
            _block("specialties", heading="What do you need help with?", introduction=""),
            _block("doctors", heading="Doctors with the next free times", introduction=""),
            _block("steps", heading="How it works", steps=steps),
            _block("locations", heading="Where we are", introduction=""),
        ]
    )


def open_the_front_door(apps: Any, schema_editor: Any) -> None:
    """HomePage in place of Wagtail's welcome page as the site's root, and the page of doctors below it."""
    page_model = apps.get_model("wagtailcore", "Page")
    home_page = apps.get_model("home", "HomePage")
    doctor_index = apps.get_model("doctors", "DoctorIndexPage")
    content_types = apps.get_model("contenttypes", "ContentType").objects
    welcome = page_model.objects.get(path=WELCOME)
    site = apps.get_model("wagtailcore", "Site").objects.get(is_default_site=True)
    locale_id = welcome.locale_id
    # Two pages cannot share a path: the welcome page moves aside until the site has left it.
    page_model.objects.filter(pk=welcome.pk).update(path="0001ZZZZ", slug="welcome")
    home = home_page.objects.create(
        title="Home",
        draft_title="Home",
        slug="home",
        content_type=content_types.get_or_create(app_label="home", model="homepage")[0],
        path=WELCOME,
        depth=2,
        numchild=1,
        url_path="/home/",
        locale_id=locale_id,
        body=_body(),
    )
    index = doctor_index.objects.create(
        title="Find a doctor",
        draft_title="Find a doctor",
        slug="doctors",
        content_type=content_types.get_or_create(app_label="doctors", model="doctorindexpage")[0],
        path=f"{WELCOME}0001",
        depth=3,
        numchild=0,
        url_path="/home/doctors/",
        locale_id=locale_id,
        show_in_menus=True,
    )
    address = urlsplit(settings.BASE_URL)
    site.root_page_id = home.pk
    site.site_name = "MedConsult"
    site.hostname = address.hostname or "localhost"
    site.port = address.port or (443 if address.scheme == "https" else 80)
    site.save()
    apps.get_model("home", "SiteSettings").objects.create(
        site=site,
        navigation=json.dumps([_block("link", label="Find a doctor", page=index.pk, address="")]),
        footer=json.dumps(
            [
                _column("Patients", ("Find a doctor", index.pk, ""), ("Create an account", None, "/account/signup/")),
                _column(
                    "Your account", ("Sign in", None, "/account/login/"), ("My appointments", None, "/appointments/")
                ),
                _column("Doctors", ("Join as a doctor", None, "/join/")),
            ]
        ),
    )
    page_model.objects.filter(pk=welcome.pk).delete()


class Migration(MigrationAtOnce):
    dependencies = [
        ("home", "0001_initial"),
        ("doctors", "0001_squashed_initial"),
        ("wagtailcore", "0098_apitoken"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(open_the_front_door, migrations.RunPython.noop)]

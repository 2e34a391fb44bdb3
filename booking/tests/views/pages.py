"""What the tests of pages have in common."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse

from booking.templatetags.bookable import slot_path
from booking.tests.factories import next_slot_start
from doctors.models import Doctor

HTMX = {"HX-Request": "true"}
CANARY = "canary-of-why-somebody-comes"


def picker_path(doctor: Doctor, **query: Any) -> str:
    path = reverse("booking:slot_picker", args=[doctor.slug])
    return f"{path}?{urlencode(query)}" if query else path


def confirm_path(doctor: Doctor, start: datetime | None = None) -> str:
    """Tomorrow at ten, unless said otherwise."""
    visit_type, location = doctor.visit_types.first(), doctor.locations.first()
    assert visit_type is not None
    assert location is not None
    return slot_path(doctor, visit_type, location, start or next_slot_start())


def body_of(response: HttpResponse | Any) -> str:
    """The page without what differs from one answer to the next by design."""
    return re.sub(r"[A-Za-z0-9]{64}", "", response.content.decode())


def text_of(response: HttpResponse | Any) -> str:
    """The page as a person reads it: without tags, spaces in one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def key_on(response: HttpResponse | Any) -> str:
    """The idempotency key of the page's form."""
    found = re.search(r'name="idempotency_key" value="([0-9a-f]{32})"', response.content.decode())
    assert found is not None
    return found[1]

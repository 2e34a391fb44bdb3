"""Every route of ours is answered under the strict Content-Security-Policy; the admin's two doors alone are looser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.contrib.admindocs.views import simplify_regex
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from wagtail.models import Page

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import PatientFactory, UserFactory
from doctors.tests.factories import DoctorPageFactory

pytestmark = pytest.mark.django_db

# Said here once more: a path that the middleware takes on besides is to be noticed.
ADMIN_PATHS = ("/admin/", "/django-admin/")
_SAMPLES = {"uuid": str(UUID(int=7)), "int": "7"}
_ARGUMENT = re.compile(r"<(?:(?P<kind>\w+):)?\w+>")


def our_paths() -> list[str]:
    """A path for every route of the project that is not the admin's."""
    found = {f"/{path.lstrip('/')}" for path in _paths(get_resolver())}
    return sorted(path for path in found if not path.startswith(ADMIN_PATHS))


def _paths(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        own = simplify_regex(str(entry.pattern)).lstrip("/")
        path = before + _ARGUMENT.sub(lambda found: _SAMPLES.get(found["kind"] or "", "some"), own)
        if isinstance(entry, URLPattern):
            yield path
        else:
            yield from _paths(entry, path)


@pytest.fixture
def people() -> list[User | None]:
    """A visitor, a patient, a doctor."""
    patient, doctor = PatientFactory.create(), DoctorPageFactory.create().doctor
    doctor.user = UserFactory.create(roles=[Role.DOCTOR])
    doctor.save()
    return [None, patient.user, doctor.user]


def test_every_page_of_ours_keeps_the_strict_policy(client: Client, people: list[User | None]) -> None:
    strict = client.get("/no-such-page/")["Content-Security-Policy"]
    assert "unsafe" not in strict
    pages = [page.specific.url for page in Page.objects.filter(depth__gt=1).live()]
    paths = {*our_paths(), *pages}
    assert {"/", "/doctors/", "/appointments/", "/account/login/", "/api/v1/docs/"} <= paths
    for person in people:
        if person:
            client.force_login(person)
        looser = {path for path in paths if client.get(path).get("Content-Security-Policy") != strict}
        assert looser == set()


@pytest.mark.parametrize("path", ADMIN_PATHS)
def test_control_the_admin_is_looser(client: Client, path: str) -> None:
    """If this fails, the test above proves nothing."""
    assert "'unsafe-inline'" in client.get(path)["Content-Security-Policy"]

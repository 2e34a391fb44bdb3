from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from accounts.policies import doctor_required, has_role, patient_required
from accounts.roles import Role
from accounts.tests.factories import PatientFactory, UserFactory
from common.errors import Forbidden

pytestmark = pytest.mark.django_db


@patient_required
def for_patients(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


@doctor_required
def for_doctors(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


def _request(user: User | AnonymousUser, **headers: str) -> HttpRequest:
    request = RequestFactory().get("/book/dr-x/confirm/?start=1&location=leeds", headers=headers)
    request.user = user
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    return request


@pytest.mark.parametrize("view", [for_patients, for_doctors])
def test_a_visitor_signs_in_and_comes_back_with_the_whole_address(view: type) -> None:
    response = view(_request(AnonymousUser()))
    assert response.url == "/account/login/?next=/book/dr-x/confirm/%3Fstart%3D1%26location%3Dleeds"


def test_somebody_without_a_profile_completes_it_and_comes_back() -> None:
    response = for_patients(_request(UserFactory()))
    assert response["Location"].startswith("/account/profile/?next=/book/dr-x/confirm/")


def test_a_patient_and_a_doctor_come_in() -> None:
    assert for_patients(_request(PatientFactory().user)).content == b"in"
    assert for_doctors(_request(UserFactory(roles=[Role.DOCTOR]))).content == b"in"


def test_a_patient_is_refused_at_the_doctors_door() -> None:
    with pytest.raises(Forbidden):
        for_doctors(_request(PatientFactory().user))


def test_htmx_moves_the_whole_window_and_comes_back_to_the_page_that_it_shows() -> None:
    response = for_patients(
        _request(AnonymousUser(), **{"HX-Request": "true", "HX-Current-URL": "http://testserver/doctors/dr-x/?visit=1"})
    )
    assert response["HX-Redirect"] == "/account/login/?next=/doctors/dr-x/%3Fvisit%3D1"


def test_a_role_is_membership_and_nothing_else() -> None:
    assert not has_role(AnonymousUser(), Role.DOCTOR)
    assert not has_role(UserFactory(is_superuser=True), Role.ADMINISTRATOR)
    assert not has_role(UserFactory(roles=[Role.DOCTOR], is_active=False), Role.DOCTOR)

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from common import clock
from doctors.models import Doctor
from doctors.services import listing_replace
from doctors.tests.factories import DoctorFactory, SpecialtyFactory, VisitTypeFactory, free_times

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor() -> Doctor:
    doctor = DoctorFactory(listed=True, specialties=[SpecialtyFactory(name="Cardiology", slug="cardiology")])
    VisitTypeFactory(doctor=doctor)
    soon = clock.now() + timedelta(hours=1)
    times = free_times(doctor, [soon])
    listing_replace(doctor_id=doctor.pk, times={(None, ""): times, (None, "in_person"): times})
    return doctor


def test_anybody_may_list_doctors_with_their_next_times(client: Client, doctor: Doctor) -> None:
    answer = client.get("/api/v1/doctors/", {"specialty": "cardiology", "q": "amara"}).json()
    assert (answer["count"], answer["count_is_partial"], answer["next"], answer["previous"]) == (1, False, None, None)
    card = answer["results"][0]
    assert card["doctor"]["slug"] == doctor.slug
    assert card["specialties"] == [{"slug": "cardiology", "name": "Cardiology"}]
    assert card["price_from"] == 4500
    [time] = card["next_times"]
    assert time["visit_type"] == str(doctor.visit_types.get().public_id)
    assert (time["location"], time["zone"]) == (doctor.locations.get().slug, "Europe/London")


def test_pages_follow_one_another_by_address(client: Client) -> None:
    for _ in range(21):
        listing_replace(doctor_id=DoctorFactory(listed=True).pk, times={(None, ""): []})
    first = client.get("/api/v1/doctors/", {"gender": "female"}).json()
    second = client.get(first["next"]).json()
    assert (len(first["results"]), len(second["results"])) == (20, 1)
    assert "gender=female" in first["next"]
    assert client.get(second["previous"]).json()["results"] == first["results"]


@pytest.mark.parametrize("asked", [{"after": "x"}, {"before": "1_2"}])
def test_a_cursor_that_nobody_said_is_refused_by_name(client: Client, asked: dict[str, str]) -> None:
    answer = client.get("/api/v1/doctors/", asked)
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_cursor")
    assert [answer.json()["cursor"]] == list(asked)


def test_facets_say_how_many_doctors_each_value_leaves(client: Client, doctor: Doctor) -> None:
    facets = client.get("/api/v1/doctors/", {"specialty": "cardiology"}).json()["facets"]
    assert facets["modality"] == {"in_person": 1, "video": 0, "phone": 0}
    assert facets["gender"] == {"female": 1, "male": 0}
    assert facets["language"]["en"] == 1


def test_an_unknown_filter_value_is_a_problem_beside_its_name(client: Client) -> None:
    response = client.get("/api/v1/doctors/", {"specialty": "alchemy"})
    assert response.status_code == 422
    assert "specialty" in response.json()["fields"]


def test_a_profile_says_what_can_be_booked_and_nothing_of_the_inside(client: Client, doctor: Doctor) -> None:
    answer = client.get(f"/api/v1/doctors/{doctor.slug}/").json()
    visit_type = doctor.visit_types.get()
    assert answer["visit_types"][0]["id"] == str(visit_type.public_id)
    assert answer["path"] == doctor.page_url
    assert answer["locations"][0]["zone"] == "Europe/London"
    assert not {"user", "verification_status", "is_active"} & answer.keys()


def test_who_is_not_listed_is_not_found(client: Client, doctor: Doctor) -> None:
    Doctor.objects.update(is_active=False)
    assert client.get(f"/api/v1/doctors/{doctor.slug}/").status_code == 404
    assert client.get("/api/v1/doctors/").json()["results"] == []


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(client: Client, doctor: Doctor, method: str) -> None:
    for path in ("/api/v1/doctors/", f"/api/v1/doctors/{doctor.slug}/"):
        assert getattr(client, method)(path).status_code in {401, 403, 405}

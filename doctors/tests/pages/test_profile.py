from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.images import get_image_model
from wagtail.models import Page, PageViewRestriction

from accounts.models import User
from common import clock
from doctors.models import Doctor, DoctorPage
from doctors.presentation import PORTRAITS
from doctors.services import listing_replace
from doctors.states import Modality, VerificationStatus
from doctors.tests.factories import (
    DoctorFactory,
    DoctorPageFactory,
    LocationFactory,
    VisitTypeFactory,
    free_times,
    photo_shown_before,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def profile() -> DoctorPage:
    doctor = DoctorFactory(listed=True, family_name="Okafor", languages=["en", "ig"])
    VisitTypeFactory(doctor=doctor, name="First consultation", price_minor=9500)
    VisitTypeFactory(doctor=doctor, name="Telephone advice", price_minor=0, modality=Modality.PHONE)
    VisitTypeFactory(doctor=doctor, name="Old clinic", is_active=False)
    return DoctorPageFactory(
        doctor=doctor,
        photo=photo_shown_before(*PORTRAITS.values()),
        search_description="A heart doctor in Bristol.",
        qualifications=json.dumps(
            [{"type": "qualification", "value": {"name": "MBBS", "institution": "Leeds", "year": 2008}}]
        ),
        interests=json.dumps([{"type": "interest", "value": "Palpitations"}]),
        questions=json.dumps([{"type": "question", "value": {"question": "Parking?", "answer": "<p>Behind.</p>"}}]),
    )


def open_page(client: Client, profile: DoctorPage) -> str:
    response = client.get(profile.doctor.page_url)
    assert response.status_code == 200
    return response.content.decode()


def test_it_says_who_what_where_and_for_how_much(client: Client, profile: DoctorPage) -> None:
    body = open_page(client, profile)
    for words in (
        profile.doctor.name,
        profile.doctor.specialties.get().name,
        "Verified by us on",
        "English, Igbo",
        "First consultation",
        "£95",
        "Some visits are free",
        profile.doctor.locations.get().name,
        "Looks after hearts.",
        "MBBS",
        "Leeds, 2008",
        "Palpitations",
        "Parking?",
        profile.doctor.gmc_number,
    ):
        assert words in body
    assert "Old clinic" not in body


def test_the_slot_picker_comes_by_url_and_is_a_link_without_javascript(client: Client, profile: DoctorPage) -> None:
    body = open_page(client, profile)
    picker = f"/book/{profile.doctor.slug}/times/"
    link = re.search(r"<a[^>]*hx-trigger=\"load\"[^>]*>", body)
    assert link
    assert f'href="{picker}"' in link[0]
    assert f'hx-get="{picker}"' in link[0]
    for visit_type in profile.doctor.visit_types.filter(is_active=True):
        assert f"{picker}?visit_type={visit_type.public_id}" in body


def test_the_portrait_has_words_for_screen_readers(client: Client, profile: DoctorPage) -> None:
    assert f'alt="Portrait of {profile.doctor.name}"' in open_page(client, profile)
    get_image_model().objects.update(description="Dr Okafor in a grey jacket")
    assert 'alt="Dr Okafor in a grey jacket"' in open_page(client, profile)


def test_search_engines_read_a_physician_and_the_trail(client: Client, profile: DoctorPage) -> None:
    found = [
        json.loads(text) for text in re.findall(r"ld\+json\">(.*?)</script>", open_page(client, profile), re.DOTALL)
    ]
    kinds = {data["@type"]: data for data in found}
    physician = kinds["Physician"]
    assert physician["name"] == profile.doctor.name
    assert physician["url"].endswith(profile.doctor.page_url)
    assert [one["name"] for one in physician["medicalSpecialty"]] == [profile.doctor.specialties.get().name]
    assert physician["address"][0]["postalCode"] == "BS1 4QA"
    assert [item["name"] for item in kinds["BreadcrumbList"]["itemListElement"]] == [
        "Home",
        "Doctors",
        profile.doctor.name,
    ]


def test_names_cannot_break_out_of_the_data(client: Client, profile: DoctorPage) -> None:
    Doctor.objects.filter(pk=profile.doctor.pk).update(family_name="</script><b>x")
    assert "</script><b>x" not in open_page(client, profile)


def test_at_most_twelve_statements(client: Client, profile: DoctorPage) -> None:
    profile.doctor.locations.add(LocationFactory(), LocationFactory())
    open_page(client, profile)
    with CaptureQueriesContext(connection) as captured:
        open_page(client, profile)
    assert len(captured) <= 11, [query["sql"][:150] for query in captured]


class TestWhoIsNotListedHasNoPage:
    @pytest.fixture(params=[*(status for status in VerificationStatus if status != "verified"), "inactive"])
    def hidden(self, profile: DoctorPage, request: pytest.FixtureRequest) -> DoctorPage:
        """A page that something has left live, though its doctor is not listed."""
        change = {"is_active": False} if request.param == "inactive" else {"verification_status": request.param}
        Doctor.objects.filter(pk=profile.doctor.pk).update(**change)
        return DoctorPage.objects.get(pk=profile.pk)

    def test_not_by_its_address(self, client: Client, hidden: DoctorPage) -> None:
        assert hidden.live
        assert client.get(hidden.doctor.page_url).status_code == 404

    def test_not_in_the_sitemap(self, hidden: DoctorPage) -> None:
        assert hidden.get_sitemap_urls() == []
        assert not DoctorPage.objects.public().exists()

    def test_not_by_the_pages_own_doors(self, rf: RequestFactory, hidden: DoctorPage) -> None:
        for door in (lambda request: hidden.route(request, []), hidden.serve):
            with pytest.raises(Http404):
                door(rf.get("/"))


def test_next_times_and_who_answers_requests_stand_on_the_page_itself(client: Client, profile: DoctorPage) -> None:
    doctor = profile.doctor
    advice = doctor.visit_types.get(name="Telephone advice")
    advice.needs_approval = True
    advice.save()
    [time] = free_times(doctor, [clock.now() + timedelta(hours=5)])
    times = [time._replace(visit_type_id=advice.public_id)]
    listing_replace(doctor_id=doctor.pk, times={(None, ""): times})
    body = unescape(open_page(client, profile))
    assert body.count("The doctor answers each request") == 1
    [link] = re.findall(rf'href="(/book/{doctor.slug}/confirm/[^"]+)"', body)
    assert f"visit_type={advice.public_id}&location={doctor.locations.get().slug}&start=" in link


def test_a_draft_is_not_found(client: Client, profile: DoctorPage) -> None:
    Page.objects.filter(pk=profile.pk).update(live=False)
    assert client.get(profile.doctor.page_url).status_code == 404


@pytest.mark.parametrize("publish", ["revision", "save", "add_child"])
def test_no_way_of_publishing_makes_an_unlisted_doctors_page_live(publish: str, profile: DoctorPage) -> None:
    Doctor.objects.filter(pk=profile.doctor.pk).update(verification_status=VerificationStatus.SUSPENDED)
    draft = DoctorPage.objects.get(pk=profile.pk)
    if publish == "revision":
        draft.save_revision().publish()
    elif publish == "save":
        draft.live = True
        draft.save()
    else:
        draft = DoctorPageFactory(doctor=DoctorFactory(), live=True)
    assert not DoctorPage.objects.get(pk=draft.pk).live


def test_name_and_address_follow_the_doctor(profile: DoctorPage) -> None:
    profile.title, profile.slug = "Somebody else", "somebody-else"
    profile.save_revision().publish()
    assert (profile.title, profile.slug) == (profile.doctor.name, profile.doctor.slug)


def test_a_restriction_by_editors_holds_on_the_page_and_on_what_is_above(client: Client, profile: DoctorPage) -> None:
    for place in (profile, profile.get_parent(), profile.get_parent().get_parent()):
        restriction = PageViewRestriction.objects.create(page=place, restriction_type=PageViewRestriction.LOGIN)
        response = client.get(profile.doctor.page_url)
        assert response.status_code == 302, place
        restriction.delete()
    restriction = PageViewRestriction.objects.create(page=profile.get_parent(), restriction_type="login")
    assert client.get("/doctors/").status_code == 302
    restriction.delete()
    assert client.get("/doctors/").status_code == 200


def test_an_editor_sees_the_preview_of_a_draft(client: Client, profile: DoctorPage) -> None:
    Doctor.objects.filter(pk=profile.doctor.pk).update(verification_status=VerificationStatus.DRAFT)
    draft = DoctorPage.objects.get(pk=profile.pk)
    draft.biography = "<p>Only a draft.</p>"
    draft.save_revision()
    client.force_login(User.objects.create_superuser("root@demo.example", "correct horse battery"))
    response = client.get(f"/admin/pages/{profile.pk}/view_draft/")
    assert response.status_code == 200
    assert "Only a draft." in response.content.decode()

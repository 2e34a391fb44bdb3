from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AccountSession, User
from accounts.roles import Role
from accounts.services import role_grant
from accounts.tests.factories import PASSWORD, UserFactory
from audit.models import Event
from common import clock
from doctors.models import Doctor, DoctorPage, Listing
from doctors.services import doctor_set_verification
from doctors.states import VerificationStatus
from doctors.tests.factories import (
    DoctorFactory,
    LocationFactory,
    SpecialtyFactory,
    VisitTypeFactory,
    doctor_index_page,
)
from doctors.wagtail_admin.forms import DoctorForm

pytestmark = pytest.mark.django_db


def confirmed(email: str) -> User:
    return UserFactory.create(email=email)


def person(role: Role | None) -> User:
    user = confirmed(f"{role.name.lower() if role else 'nobody'}@demo.example")
    if role:
        role_grant(actor=None, user_id=user.public_id, role=role)
    return user


def proved(doctor: Doctor, **changes: Any) -> dict[str, Any]:
    """A form that leaves alone what an officer has checked."""
    own = {name: getattr(doctor, name) for name in ("given_name", "family_name", "gmc_number")}
    return particulars(**{**own, "account": doctor.user.email if doctor.user else "", **changes})


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(person(Role.ADMINISTRATOR))
    return client


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(person(Role.CONTENT_EDITOR))
    return client


def particulars(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Dr",
        "given_name": "Nia",
        "family_name": "Rees",
        "gmc_number": "7412093",
        "gender": "female",
        "account": "",
        "is_active": "on",
        "specialties": [SpecialtyFactory().pk],
        "locations": [LocationFactory().pk],
        "languages": ["en", "cy"],
        "visit_types-TOTAL_FORMS": "1",
        "visit_types-INITIAL_FORMS": "0",
        "visit_types-0-name": "First visit",
        "visit_types-0-minutes": "20",
        "visit_types-0-buffer_before": "0",
        "visit_types-0-buffer_after": "5",
        "visit_types-0-price_minor": "4500",
        "visit_types-0-vat_rate_percent": "0",
        "visit_types-0-modality": "video",
        "visit_types-0-minimum_notice": "120",
        "visit_types-0-horizon_days": "60",
        "visit_types-0-position": "0",
        "visit_types-0-is_active": "on",
        **changes,
    }


def test_an_administrator_adds_a_doctor_with_visit_types_in_one_form(administrator: Client) -> None:
    response = administrator.post(reverse("doctors:add"), particulars())
    assert response.status_code == 302, response.context["form"].errors
    doctor = Doctor.objects.get()
    assert (doctor.slug, doctor.languages) == ("nia-rees", ["en", "cy"])
    assert doctor.visit_types.get().price_minor == 4500
    assert doctor.verification_status == VerificationStatus.DRAFT


def test_verification_cannot_be_set_here(administrator: Client) -> None:
    administrator.post(reverse("doctors:add"), particulars(verification_status="verified"))
    assert Doctor.objects.get().verification_status == VerificationStatus.DRAFT


def test_a_bad_gmc_number_is_told_beside_its_field_and_kept(administrator: Client) -> None:
    response = administrator.post(reverse("doctors:add"), particulars(gmc_number="12"))
    assert "A GMC number has seven digits" in response.content.decode()
    assert 'value="12"' in response.content.decode()
    assert not Doctor.objects.exists()


def test_a_deposit_above_the_price_is_told_beside_its_field(administrator: Client) -> None:
    response = administrator.post(reverse("doctors:add"), particulars(**{"visit_types-0-deposit_minor": "4501"}))
    assert "This is more than the price." in response.content.decode()
    administrator.post(reverse("doctors:add"), particulars(**{"visit_types-0-deposit_minor": "2000"}))
    assert Doctor.objects.get().visit_types.get().deposit_minor == 2000


def test_an_edit_reaches_search_at_once(administrator: Client) -> None:
    doctor = DoctorFactory()
    visit = VisitTypeFactory(doctor=doctor)
    doctor_set_verification(actor=None, doctor_id=doctor.public_id, status=VerificationStatus.VERIFIED, now=clock.now())
    changes = {
        "visit_types-INITIAL_FORMS": "1",
        "visit_types-0-id": str(visit.pk),
        "visit_types-0-price_minor": "100",
        "visit_types-0-vat_rate_percent": "0",
        "languages": ["pl"],
    }
    response = administrator.post(reverse("doctors:edit", args=[doctor.pk]), proved(doctor, **changes))
    assert response.status_code == 302, response.context["form"].errors
    row = Listing.objects.get(doctor=doctor)
    assert (row.price_from, row.languages) == (100, ["pl"])


def test_taking_a_doctor_out_hides_page_and_listing(administrator: Client) -> None:
    doctor = DoctorFactory()
    doctor_set_verification(actor=None, doctor_id=doctor.public_id, status=VerificationStatus.VERIFIED, now=clock.now())
    administrator.post(reverse("doctors:edit", args=[doctor.pk]), proved(doctor, is_active=""))
    assert not Listing.objects.exists()
    assert not DoctorPage.objects.get(doctor=doctor).live


@pytest.mark.parametrize(
    "status", [VerificationStatus.PENDING, VerificationStatus.SUSPENDED, VerificationStatus.EXPIRED]
)
def test_who_is_being_checked_or_was_proved_is_not_edited_into_somebody_else(
    administrator: Client, status: VerificationStatus
) -> None:
    """Nor does a number that is proved for another doctor end in the database's own refusal."""
    taken, doctor = DoctorFactory.create(), DoctorFactory.create()
    for one, standing in ((taken, VerificationStatus.VERIFIED), (doctor, status)):
        doctor_set_verification(actor=None, doctor_id=one.public_id, status=standing, now=clock.now())
    changes = {"given_name": "Else", "family_name": "Somebody", "gmc_number": taken.gmc_number}

    response = administrator.post(reverse("doctors:edit", args=[doctor.pk]), proved(doctor, **changes))

    assert set(response.context["form"].errors) == set(changes)
    assert Doctor.objects.get(pk=doctor.pk).gmc_number == doctor.gmc_number


@pytest.mark.parametrize(
    ("field", "value"), [("given_name", "Mair"), ("family_name", "Else"), ("gmc_number", "7412094"), ("account", "new")]
)
def test_what_was_proved_stays_while_the_doctor_is_verified(administrator: Client, field: str, value: str) -> None:
    doctor = DoctorFactory(user=None)
    doctor_set_verification(actor=None, doctor_id=doctor.public_id, status=VerificationStatus.VERIFIED, now=clock.now())
    value = person(None).email if field == "account" else value
    response = administrator.post(reverse("doctors:edit", args=[doctor.pk]), proved(doctor, **{field: value}))
    assert field in response.context["form"].errors
    doctor.refresh_from_db()
    assert (getattr(doctor, field, None) != value, doctor.user) == (True, None)


class TestAccount:
    def test_nobody_links_their_own(self, administrator: Client) -> None:
        own = User.objects.get()
        response = administrator.post(reverse("doctors:add"), particulars(account=own.email))
        assert "your own account" in response.content.decode()
        assert not Doctor.objects.exists()

    def test_a_linked_one_stays(self, administrator: Client) -> None:
        user, other = person(None), confirmed("other@demo.example")
        doctor = DoctorFactory(user=user)
        for address in ("", other.email):
            response = administrator.post(reverse("doctors:edit", args=[doctor.pk]), proved(doctor, account=address))
            assert "account" in response.context["form"].errors
        doctor.refresh_from_db()
        assert doctor.user == user

    def test_it_is_linked_by_address_and_becomes_a_doctors(self, administrator: Client) -> None:
        user = confirmed("nia@demo.example")
        administrator.post(reverse("doctors:add"), particulars(account="Nia@demo.example"))
        assert Doctor.objects.get().user == user
        assert user.groups.filter(name=Role.DOCTOR.value).exists()

    def test_one_that_has_not_proved_its_address_is_refused(self, administrator: Client) -> None:
        """Else whoever signs up first with a doctor's address reads the doctor's appointments."""
        UserFactory.create(email="nia@demo.example", confirmed=False)
        response = administrator.post(reverse("doctors:add"), particulars(account="nia@demo.example"))
        assert "Nobody has signed up with this address and confirmed it." in response.content.decode()
        assert not Doctor.objects.exists()

    def test_one_that_is_linked_already_does_not_hinder_an_edit(self, administrator: Client) -> None:
        doctor = DoctorFactory.create(user=UserFactory.create(confirmed=False))
        response = administrator.post(reverse("doctors:edit", args=[doctor.pk]), proved(doctor, gender="male"))
        assert response.status_code == 302
        doctor.refresh_from_db()
        assert doctor.gender == "male"

    def test_whoever_signed_in_some_time_ago_says_who_they_are_first(self, administrator: Client) -> None:
        confirmed("nia@demo.example")
        doctor = DoctorFactory.create()
        AccountSession.objects.update(started_at=clock.now() - timedelta(hours=1))
        edit, linked = reverse("doctors:edit", args=[doctor.pk]), proved(doctor, account="nia@demo.example")
        refused = administrator.post(edit, linked)
        assert "say once more who you are" in str(refused.context["form"].errors["account"])
        assert 'href="/account/reauthenticate/" target="_blank"' in refused.content.decode()
        assert 'value="nia@demo.example"' in refused.content.decode()
        assert Doctor.objects.get().user is None
        administrator.post("/account/reauthenticate/", {"password": PASSWORD})
        assert administrator.post(edit, linked).status_code == 302
        assert Doctor.objects.get().user is not None

    @pytest.mark.parametrize("taken", [False, True])
    def test_an_unknown_or_taken_one_is_refused(self, administrator: Client, taken: bool) -> None:  # noqa: FBT001
        if taken:
            DoctorFactory(user=confirmed("nia@demo.example"))
        response = administrator.post(reverse("doctors:add"), particulars(account="nia@demo.example"))
        said = "belongs to another doctor" if taken else "Nobody has signed up"
        assert said in response.content.decode()

    def test_no_list_of_accounts_is_shown(self, administrator: Client) -> None:
        User.objects.create_user("patient-canary@demo.example", "correct horse battery")
        assert "patient-canary" not in administrator.get(reverse("doctors:add")).content.decode()


class TestEditors:
    def test_they_look_doctors_up_but_do_not_change_them(self, editor: Client) -> None:
        doctor = DoctorFactory()
        body = editor.get(reverse("doctors:index")).content.decode()
        assert doctor.name in body
        assert reverse("doctors:edit", args=[doctor.pk]) not in body
        assert editor.get(reverse("doctors:inspect", args=[doctor.pk])).status_code == 200
        for name in ("doctors:add", "specialty:add", "location:add"):
            assert editor.get(reverse(name)).status_code == 302
        editor.post(reverse("doctors:edit", args=[doctor.pk]), particulars())
        assert Doctor.objects.get().family_name == doctor.family_name

    def test_they_make_a_page_from_the_doctors_row(self, editor: Client) -> None:
        doctor = DoctorFactory()
        url = reverse("doctors:profile_page", args=[doctor.public_id])
        assert url in editor.get(reverse("doctors:index")).content.decode()
        assert "Create profile page" in editor.get(url).content.decode()
        assert not DoctorPage.objects.exists()
        response = editor.post(url)
        page = DoctorPage.objects.get(doctor=doctor)
        assert response["Location"] == reverse("wagtailadmin_pages:edit", args=[page.pk])
        assert not page.live
        assert editor.get(url)["Location"] == response["Location"]
        assert editor.get(response["Location"]).status_code == 200

    def test_making_it_twice_makes_one(self, editor: Client) -> None:
        url = reverse("doctors:profile_page", args=[DoctorFactory().public_id])
        editor.post(url)
        editor.post(url)
        assert DoctorPage.objects.count() == 1

    def test_without_an_index_page_they_are_told(self, editor: Client) -> None:
        doctor_index_page().delete()
        response = editor.post(reverse("doctors:profile_page", args=[DoctorFactory().public_id]), follow=True)
        assert "stand under it" in response.content.decode()


@pytest.mark.parametrize("role", [None, Role.PATIENT, Role.DOCTOR, Role.CLINIC_STAFF, Role.BILLING_OFFICER])
def test_nobody_else_gets_in(client: Client, role: Role | None) -> None:
    client.force_login(person(role))
    doctor = DoctorFactory()
    for name, args in (
        ("doctors:index", []),
        ("doctors:add", []),
        ("doctors:edit", [doctor.pk]),
        ("doctors:inspect", [doctor.pk]),
        ("doctors:profile_page", [doctor.public_id]),
    ):
        response = client.get(reverse(name, args=args))
        assert response.status_code in {302, 403}, name
        assert doctor.name not in response.content.decode()
    client.post(reverse("doctors:profile_page", args=[doctor.public_id]))
    assert not DoctorPage.objects.exists()


def test_nothing_is_deleted_here(administrator: Client) -> None:
    doctor = DoctorFactory()
    assert administrator.get(f"/admin/doctors/delete/{doctor.pk}/").status_code == 404


def test_a_suspension_in_the_same_moment_outlasts_an_edit(
    administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor = DoctorFactory()
    doctor_set_verification(actor=None, doctor_id=doctor.public_id, status=VerificationStatus.VERIFIED, now=clock.now())
    read = DoctorForm.clean_account

    def suspended_meanwhile(form: DoctorForm) -> User | None:
        doctor_set_verification(
            actor=None, doctor_id=doctor.public_id, status=VerificationStatus.SUSPENDED, now=clock.now()
        )
        return read(form)

    monkeypatch.setattr(DoctorForm, "clean_account", suspended_meanwhile)
    response = administrator.post(reverse("doctors:edit", args=[doctor.pk]), proved(doctor, gender="male"))
    assert response.status_code == 302, response.context["form"].errors
    doctor.refresh_from_db()
    assert doctor.gender == "male"
    assert (doctor.verification_status, doctor.verified_at) == (VerificationStatus.SUSPENDED, None)
    assert not Listing.objects.filter(doctor=doctor).exists()


def test_whose_account_a_doctor_is_given_is_on_record(administrator: Client) -> None:
    doctor, user = DoctorFactory(user=None), person(None)
    administrator.post(reverse("doctors:edit", args=[doctor.pk]), particulars(account=user.email))
    event = Event.objects.filter(action="doctor.changed").latest("pk")
    assert event.data == {"takes_part": True, "account": str(user.public_id)}

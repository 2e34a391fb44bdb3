from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management.base import OutputWrapper
from django.test import Client
from wagtail.models import Page

from accounts.models import Patient, User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from booking import selectors, services
from booking.models import Appointment
from booking.selectors.listing import next_times_of
from common import clock
from doctors.models import Doctor, DoctorPage, Listing
from doctors.selectors import DoctorFilters, doctors_search
from doctors.tests.factories import LocationFactory, SpecialtyFactory, doctor_index_page
from medconsult.demo import bulk, copies
from medconsult.demo.people import Cast
from medconsult.demo.progress import Progress
from verification.models import VerificationCase

pytestmark = pytest.mark.django_db


@pytest.fixture
def progress() -> Progress:
    return Progress(OutputWrapper(StringIO()))


@pytest.fixture
def cast() -> Cast:
    user = UserFactory()
    return Cast(admin=user, verifier=user, doctor=user, patients=[])


@pytest.fixture
def clinic(progress: Progress, cast: Cast) -> None:
    """Six generated doctors and four patients in two places, made in batches of four."""
    doctor_index_page()
    for factory in (SpecialtyFactory, LocationFactory):
        factory.create_batch(2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "BATCH", 4)
        patch.setattr(copies, "ORIGINALS", 4)
        bulk.doctors(6, cast, progress)
        bulk.patients(4, progress)


def test_a_second_run_changes_nothing_and_a_larger_one_adds(clinic: None, cast: Cast, progress: Progress) -> None:
    before = list(Doctor.objects.order_by("pk").values())
    bulk.doctors(6, cast, progress)
    bulk.patients(4, progress)
    assert list(Doctor.objects.order_by("pk").values()) == before
    assert Patient.objects.count() == 4
    bulk.doctors(8, cast, progress)
    assert Doctor.objects.count() == DoctorPage.objects.live().count() == VerificationCase.objects.count() == 8


def test_copies_are_people_of_their_own_with_the_diary_of_an_original(clinic: None) -> None:
    first, copied = (Doctor.objects.get(slug=f"{bulk.MADE_UP}{number}") for number in (0, 4))
    assert {*copied.locations.all()} == {*first.locations.all()}
    assert copied.specialties.count() == 1
    assert copied.page.title == copied.name
    assert len({doctor.gmc_number for doctor in Doctor.objects.all()}) == 6
    offered = {visit_type.public_id for visit_type in copied.visit_types.all()}
    shown = Listing.objects.get(doctor=copied, location=None, modality="")
    assert shown.free_times
    assert {time.visit_type_id for time in shown.free_times} <= offered


def test_the_tree_of_pages_stays_whole(clinic: None) -> None:
    assert Page.find_problems() == ([], [], [], [], [])
    index = doctor_index_page()
    assert index.get_children().count() == index.numchild == 6
    added = index.add_child(instance=DoctorPage(doctor=Doctor.objects.create(family_name="New", gmc_number="1234567")))
    assert index.get_last_child() == added.page_ptr


def test_every_page_opens(clinic: None, client: Client) -> None:
    for page in DoctorPage.objects.all():
        answer = client.get(page.doctor.page_url)
        assert page.doctor.name in answer.content.decode()


def test_an_editor_can_change_a_generated_page(clinic: None) -> None:
    page = DoctorPage.objects.select_related("doctor").first()
    assert page is not None
    page.biography = "<p>New words.</p>"
    page.save_revision().publish()
    assert DoctorPage.objects.get(pk=page.pk).biography == "<p>New words.</p>"


def test_the_listing_says_what_booking_would_write(clinic: None) -> None:
    now = clock.now()
    doctors = list(Doctor.objects.all())
    rows = {
        doctor.pk: {(row.location_id, row.modality): row.free_times for row in Listing.objects.filter(doctor=doctor)}
        for doctor in doctors
    }
    assert rows == next_times_of(doctors, now=now)
    assert doctors_search(DoctorFilters(), now=now).count == 6


def test_free_times_that_have_passed_are_renewed(clinic: None, cast: Cast, progress: Progress) -> None:
    passed = clock.now() - timedelta(minutes=1)
    Listing.objects.update(next_available_at=passed, next_times=[passed])
    bulk.doctors(6, cast, progress)
    assert not Listing.objects.filter(next_available_at__lte=clock.now()).exists()


def test_a_generated_patient_can_book_a_generated_doctor(clinic: None) -> None:
    now = clock.now()
    patient = Patient.objects.select_related("user").earliest("pk")
    assert patient.user
    assert patient.user.role_names == {Role.PATIENT}
    assert not patient.user.has_usable_password()
    visit_type = Doctor.objects.earliest("pk").visit_types.earliest("position")
    slot = selectors.next_slot_after(doctor=visit_type.doctor, visit_type=visit_type, after=now, now=now)
    assert slot
    booked = services.appointment_book(
        actor=patient.user,
        patient_id=patient.public_id,
        visit_type_id=visit_type.public_id,
        location_id=slot.location_id,
        start=slot.start,
        now=now,
    )
    assert booked.start == slot.start


def test_appointments_are_made_up_to_the_number_wherever_the_last_run_ended(clinic: None, progress: Progress) -> None:
    for total in (30, 30, 130):
        bulk.appointments(total, progress)
        assert Appointment.objects.count() == total
    assert Appointment.objects.filter(start__gte=clock.now()).count() == 0
    assert Appointment.objects.values("doctor").distinct().count() == 4
    assert User.objects.get(email=f"{bulk.MADE_UP}0@demo.example").patient.appointments.count() > 20


def test_appointments_need_doctors_and_patients(progress: Progress) -> None:
    with pytest.raises(ValueError, match="--doctors and --patients"):
        bulk.appointments(1, progress)

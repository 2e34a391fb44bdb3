from __future__ import annotations

from datetime import timedelta

import pytest
from wagtail.models import Page

from audit.models import Event
from common import clock
from common.errors import NotFound
from doctors.models import Doctor, DoctorPage, Listing
from doctors.services import doctor_changed, doctor_profile_page_create, doctor_set_verification, listing_replace
from doctors.states import VerificationStatus
from doctors.tests.factories import DoctorFactory, VisitTypeFactory, doctor_index_page, free_times

pytestmark = pytest.mark.django_db

VERIFIED = VerificationStatus.VERIFIED


def set_status(doctor: Doctor, status: VerificationStatus) -> Doctor:
    return doctor_set_verification(actor=None, doctor_id=doctor.public_id, status=status, now=clock.now())


def page_of(doctor: Doctor) -> DoctorPage:
    return DoctorPage.objects.get(doctor=doctor)


@pytest.fixture
def doctor() -> Doctor:
    doctor_index_page()
    return DoctorFactory()


@pytest.fixture
def draft(doctor: Doctor) -> DoctorPage:
    return doctor_profile_page_create(actor=None, doctor_id=doctor.public_id)


@pytest.mark.usefixtures("draft")
def test_verifying_dates_the_mark_publishes_the_page_and_opens_search(doctor: Doctor) -> None:
    verified = set_status(doctor, VERIFIED)
    assert verified.verified_at is not None
    assert page_of(doctor).live
    assert Listing.objects.filter(doctor=doctor, location=None, modality="").count() == 1


def test_verifying_makes_the_page_that_nobody_made(doctor: Doctor) -> None:
    set_status(doctor, VERIFIED)
    assert page_of(doctor).live
    assert page_of(doctor).title == doctor.name


def test_verifying_without_an_index_page_still_verifies() -> None:
    doctor_index_page().delete()
    doctor = DoctorFactory()
    assert set_status(doctor, VERIFIED).is_listed
    assert not DoctorPage.objects.exists()


@pytest.mark.parametrize("status", [status for status in VerificationStatus if status != VERIFIED])
def test_any_other_state_takes_the_page_down_and_empties_the_listing(
    doctor: Doctor, status: VerificationStatus
) -> None:
    set_status(doctor, VERIFIED)
    gone = set_status(doctor, status)
    assert gone.verified_at is None
    assert not page_of(doctor).live
    assert not Listing.objects.filter(doctor=doctor).exists()


def test_each_change_is_history_with_its_reason_and_an_audit_event(doctor: Doctor) -> None:
    set_status(doctor, VERIFIED)
    assert doctor.history.first().history_change_reason == "Verification: Not submitted to Verified"
    event = Event.objects.get(action="doctor.verification_changed")
    assert (event.object_id, event.data) == (str(doctor.public_id), {"before": "draft", "after": "verified"})


def test_setting_the_same_again_changes_nothing(doctor: Doctor) -> None:
    first = set_status(doctor, VERIFIED)
    events, versions = Event.objects.count(), doctor.history.count()
    assert set_status(doctor, VERIFIED).verified_at == first.verified_at
    assert (Event.objects.count(), doctor.history.count()) == (events, versions)


def test_an_unknown_doctor_is_not_found() -> None:
    with pytest.raises(NotFound):
        set_status(DoctorFactory.build(), VERIFIED)


class TestWhichVersionIsPublished:
    def edit(self, page: DoctorPage, biography: str) -> DoctorPage:
        page.biography = biography
        page.save_revision()
        return page

    def test_an_unfinished_draft_is_not(self, doctor: Doctor, draft: DoctorPage) -> None:
        self.edit(draft, "<p>half a sent</p>")
        set_status(doctor, VERIFIED)
        assert page_of(doctor).biography == ""
        assert page_of(doctor).has_unpublished_changes

    def test_the_version_that_somebody_tried_to_publish_is(self, doctor: Doctor, draft: DoctorPage) -> None:
        self.edit(draft, "<p>Finished.</p>").latest_revision.publish()
        self.edit(page_of(doctor), "<p>half a sent</p>")
        assert not page_of(doctor).live
        set_status(doctor, VERIFIED)
        assert page_of(doctor).biography == "<p>Finished.</p>"

    def test_the_version_that_was_public_before_a_suspension_is(self, doctor: Doctor) -> None:
        set_status(doctor, VERIFIED)
        self.edit(page_of(doctor), "<p>Public once.</p>").latest_revision.publish()
        set_status(doctor, VerificationStatus.SUSPENDED)
        self.edit(page_of(doctor), "<p>half a sent</p>")
        set_status(doctor, VERIFIED)
        assert page_of(doctor).biography == "<p>Public once.</p>"


class TestTakesPart:
    def test_switching_off_hides_and_on_shows_again(self, doctor: Doctor) -> None:
        set_status(doctor, VERIFIED)
        for takes_part in (False, True):
            Doctor.objects.filter(pk=doctor.pk).update(is_active=takes_part)
            doctor_changed(actor=None, doctor_id=doctor.public_id)
            assert page_of(doctor).live is takes_part
            assert Listing.objects.filter(doctor=doctor).exists() is takes_part

    def test_a_page_that_an_editor_took_down_stays_down(self, doctor: Doctor) -> None:
        set_status(doctor, VERIFIED)
        Page.objects.get(pk=page_of(doctor).pk).unpublish()
        doctor_changed(actor=None, doctor_id=doctor.public_id)
        assert not page_of(doctor).live

    def test_a_changed_price_reaches_the_listing_and_asks_for_fresh_times(self, doctor: Doctor) -> None:
        set_status(doctor, VERIFIED)
        later = free_times(doctor, [clock.now() + timedelta(days=1)])
        listing_replace(doctor_id=doctor.pk, times={(None, ""): later})
        VisitTypeFactory(doctor=doctor, price_minor=2500)
        doctor_changed(actor=None, doctor_id=doctor.public_id)
        row = Listing.objects.get(doctor=doctor)
        assert (row.price_from, row.free_times) == (2500, later)
        assert row.next_available_at <= clock.now()

    def test_a_new_name_reaches_the_page(self, doctor: Doctor) -> None:
        set_status(doctor, VERIFIED)
        Doctor.objects.filter(pk=doctor.pk).update(family_name="Marsh")
        doctor_changed(actor=None, doctor_id=doctor.public_id)
        assert page_of(doctor).title == "Dr Amara Marsh"

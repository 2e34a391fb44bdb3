from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import PageLogEntry

from accounts.models import User
from accounts.roles import Role
from accounts.services import role_grant
from common import clock
from doctors.models import Doctor, DoctorPage
from doctors.services import doctor_profile_page_create, doctor_set_verification
from doctors.states import VerificationStatus
from doctors.tests.factories import DoctorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client) -> Client:
    user = User.objects.create_user("editor@demo.example", "correct horse battery")
    role_grant(actor=None, user_id=user.public_id, role=Role.CONTENT_EDITOR)
    client.force_login(user)
    return client


@pytest.fixture
def draft() -> DoctorPage:
    return doctor_profile_page_create(actor=None, doctor_id=DoctorFactory().public_id)


def content(page: DoctorPage, biography: str, **more: str) -> dict[str, Any]:
    return {
        "biography": f'{{"blocks": [{{"key": "a", "text": "{biography}", "type": "unstyled"}}], "entityMap": {{}}}}',
        "seo_title": "",
        "search_description": "",
        "photo": "",
        "qualifications-count": "0",
        "interests-count": "0",
        "questions-count": "0",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "go_live_at": "",
        "expire_at": "",
        **more,
    }


def publish(editor: Client, page: DoctorPage, biography: str) -> str:
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    response = editor.post(url, content(page, biography, **{"action-publish": "action-publish"}), follow=True)
    return response.content.decode()


def test_publishing_an_unlisted_doctors_page_says_why_and_keeps_the_text(editor: Client, draft: DoctorPage) -> None:
    body = publish(editor, draft, "Written early.")
    assert "is not verified (not submitted), so the page stays a draft" in body
    page = DoctorPage.objects.get(pk=draft.pk)
    assert not page.live
    assert "Written early." in page.get_latest_revision_as_object().biography


def test_what_was_held_back_goes_public_with_the_verification(editor: Client, draft: DoctorPage) -> None:
    publish(editor, draft, "Written early.")
    url = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    editor.post(url, content(draft, "half a sent"))
    doctor_set_verification(
        actor=None, doctor_id=draft.doctor.public_id, status=VerificationStatus.VERIFIED, now=clock.now()
    )
    body = editor.get(draft.doctor.page_url).content.decode()
    assert "Written early." in body
    assert "half a sent" not in body


def test_a_listed_doctors_page_is_published_at_once(editor: Client, draft: DoctorPage) -> None:
    doctor = draft.doctor
    doctor_set_verification(actor=None, doctor_id=doctor.public_id, status=VerificationStatus.VERIFIED, now=clock.now())
    publish(editor, draft, "New words.")
    assert "New words." in editor.get(doctor.page_url).content.decode()


def test_the_editor_says_beforehand_who_will_see_the_page(editor: Client, draft: DoctorPage) -> None:
    body = editor.get(reverse("wagtailadmin_pages:edit", args=[draft.pk])).content.decode()
    assert "goes public by itself" in body


def test_a_bulk_action_is_refused_with_the_reason(editor: Client, draft: DoctorPage) -> None:
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    body = editor.post(f"{url}?id={draft.pk}", follow=True).content.decode()
    assert "Nothing was published." in body
    assert not DoctorPage.objects.get(pk=draft.pk).live


def test_a_copy_is_refused(editor: Client, draft: DoctorPage) -> None:
    body = editor.get(reverse("wagtailadmin_pages:copy", args=[draft.pk]), follow=True).content.decode()
    assert "cannot be copied" in body
    assert DoctorPage.objects.count() == 1


def test_a_schedule_that_comes_due_does_not_get_around_it(draft: DoctorPage) -> None:
    revision = draft.save_revision(approved_go_live_at=clock.now())
    revision.publish()
    assert not DoctorPage.objects.get(pk=draft.pk).live
    held = PageLogEntry.objects.filter(page=draft.pk, action="doctors.held_back").values_list("revision", flat=True)
    assert list(held) == [revision.pk]


def test_a_page_left_live_by_force_is_still_not_found(client: Client, draft: DoctorPage) -> None:
    DoctorPage.objects.filter(pk=draft.pk).update(live=True)
    assert client.get(Doctor.objects.get().page_url).status_code == 404

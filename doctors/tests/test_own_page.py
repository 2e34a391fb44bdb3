"""The form on which a doctor writes their own page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from common.typed import mark_of
from doctors.models import Doctor, DoctorPage, PageProposal
from doctors.tests.factories import DoctorFactory, DoctorPageFactory

pytestmark = pytest.mark.django_db

PATH = "/my-page/"


@pytest.fixture
def doctor() -> Doctor:
    made: Doctor = DoctorFactory.create(listed=True, user=UserFactory.create(roles=[Role.DOCTOR]))
    page = DoctorPageFactory.create(
        doctor=made, biography='<p>Hearts, with <a href="https://example.org">a link</a>.</p>'
    )
    page.questions = page.questions.stream_block.to_python(
        [{"type": "question", "value": {"question": "Do you see children?", "answer": "<p>From <b>12</b> on.</p>"}}]
    )
    page.save_revision().publish()
    return made


@pytest.fixture
def own(doctor: Doctor) -> Client:
    client = Client()
    client.force_login(doctor.user, backend="accounts.backends.AccountBackend")  # type: ignore[arg-type]
    return client


def form(**more: str) -> dict[str, str]:
    return {
        "do": "send",
        "seen": "0",
        "biography": "Hearts, with a link.",
        "interests": "",
        "qualification-rows": "1",
        "question-rows": "2",
        "question-0-question": "Do you see children?",
        "question-0-answer": "From 12 on.",
        **more,
    }


def test_what_is_sent_is_proposed_and_what_nobody_touched_keeps_its_form(own: Client) -> None:
    answer = own.post(PATH, form(**{"question-1-question": "Parking?", "question-1-answer": "Behind <the> house."}))
    assert answer.status_code == 302
    proposal = PageProposal.objects.get()
    assert set(proposal.content) == {"questions"}
    assert [row["answer"] for row in proposal.content["questions"]] == [
        "<p>From <b>12</b> on.</p>",
        "<p>Behind &lt;the&gt; house.</p>",
    ]
    shown = own.get(PATH).content.decode()
    assert "Your changes wait for a moderator" in shown
    assert "Parking?" in shown


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"question-1-question": "Parking?"}, "Enter the answer."),
        ({"qualification-0-year": "2009"}, "Enter the qualification."),
        ({"qualification-0-name": "MBBS", "qualification-0-year": "soon"}, "Enter a year, such as 2009."),
        ({"interests": "x" * 81}, "at most 80 characters"),
        ({}, "This is what your page says already"),
    ],
)
def test_what_cannot_be_is_said_beside_it_and_the_words_stay(own: Client, wrong: dict[str, str], message: str) -> None:
    answer = own.post(PATH, form(**wrong))
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert message in shown
    assert all(value in shown for value in wrong.values())
    assert not PageProposal.objects.exists()


def test_the_preview_and_another_row_change_nothing(own: Client) -> None:
    part = own.post(PATH, form(do="preview", biography="Feet <script>"), headers={"HX-Request": "true"})
    assert "Feet &lt;script&gt;" in part.content.decode()
    assert "<form" not in part.content.decode()
    more = own.post(PATH, form(do="add-qualification", **{"question-1-question": "Half"})).content.decode()
    assert 'name="qualification-1-name"' in more
    assert "There is a problem" not in more
    assert "Half" in more
    assert not PageProposal.objects.exists()


def test_two_windows_do_not_overwrite_each_other(own: Client) -> None:
    own.post(PATH, form(biography="First."))
    answer = own.post(PATH, form(biography="Second."))
    assert answer.status_code == 409
    assert "Second." in answer.content.decode()
    assert 'name="seen" value="1"' in answer.content.decode()
    assert PageProposal.objects.get().content["biography"] == "<p>First.</p>"


def test_what_comes_after_the_session_has_ended_is_still_there_when_they_are_back(own: Client, doctor: Doctor) -> None:
    assert doctor.user
    late = Client()
    answer = late.post(PATH, form(biography="Written for an hour.", made_for=mark_of(doctor.user, PATH)))
    assert answer.status_code == 302
    assert "/account/login/" in answer["Location"]
    late.force_login(doctor.user, backend="accounts.backends.AccountBackend")
    shown = late.get(PATH).content.decode()
    assert "Written for an hour." in shown
    assert "Nothing has been sent yet" in shown
    assert not PageProposal.objects.exists()


def test_taking_it_back(own: Client) -> None:
    own.post(PATH, form(biography="First."))
    assert own.post(f"{PATH}take-back/").status_code == 302
    assert "wait for a moderator" not in own.get(PATH).content.decode()


@pytest.mark.parametrize("change", [{"is_active": False}, {"page": False}])
def test_without_a_public_page_it_says_so(own: Client, doctor: Doctor, change: dict[str, Any]) -> None:
    if "page" in change:
        DoctorPage.objects.update(live=False)
    else:
        Doctor.objects.update(**change)
    shown = own.post(PATH, form(biography="First."))
    assert "not public" in shown.content.decode()
    assert not PageProposal.objects.exists()

from __future__ import annotations

import pytest
from django.test import Client

from accounts.roles import Role
from accounts.services import role_grant
from accounts.tests.factories import UserFactory
from doctors.models import SearchWord
from doctors.tests.factories import SearchWordFactory, SpecialtyFactory

pytestmark = pytest.mark.django_db
PLACE = "/admin/doctors/search-words/"


@pytest.fixture
def editor(client: Client) -> Client:
    user = UserFactory.create(email="editor@demo.example")
    role_grant(actor=None, user_id=user.public_id, role=Role.CONTENT_EDITOR)
    client.force_login(user)
    return client


def test_an_editor_adds_a_word_for_two_specialties_in_small_letters(editor: Client) -> None:
    hearts, family = SpecialtyFactory(name="Cardiology"), SpecialtyFactory(name="General practice")
    answer = editor.post(f"{PLACE}new/", {"word": "  High  Blood pressure ", "specialties": [hearts.pk, family.pk]})
    assert answer.status_code == 302
    word = SearchWord.objects.get()
    assert word.word == "high blood pressure"
    assert set(word.specialties.all()) == {hearts, family}
    assert "Cardiology, General practice" in editor.get(PLACE).content.decode()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"word": "HEART"}, "These words are here already."),
        ({"specialties": []}, "Choose at least one specialty."),
        ({"word": ""}, "This field is required."),
    ],
)
def test_a_word_that_leads_nowhere_or_is_there_already_is_refused_beside_it(
    editor: Client, changes: dict[str, object], message: str
) -> None:
    SearchWordFactory(word="heart")
    specialty = SpecialtyFactory()
    answer = editor.post(f"{PLACE}new/", {"word": "angina", "specialties": [specialty.pk], **changes})
    assert message in answer.content.decode()
    assert SearchWord.objects.count() == 1


def test_an_editor_changes_and_deletes_a_word(editor: Client) -> None:
    word = SearchWordFactory(word="hart")
    specialty = word.specialties.get().pk
    assert editor.post(f"{PLACE}edit/{word.pk}/", {"word": "heart", "specialties": [specialty]}).status_code == 302
    assert SearchWord.objects.get().word == "heart"
    assert [row.word for row in SearchWord.history.all()] == ["heart", "hart"]
    assert editor.post(f"{PLACE}delete/{word.pk}/").status_code == 302
    assert not SearchWord.objects.exists()

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.selectors import confirmed_account
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_an_account_is_found_by_the_address_that_it_has_proved() -> None:
    user = UserFactory(email="maya@example.org")
    assert confirmed_account(" Maya@Example.org ") == user
    assert confirmed_account("nobody@example.org") is None


def test_proving_one_address_does_not_prove_another() -> None:
    user = UserFactory(email="maya@example.org")
    User.objects.filter(pk=user.pk).update(email="somebody.else@example.org")
    assert confirmed_account("somebody.else@example.org") is None


def test_neither_an_unproved_nor_a_closed_account_is_found() -> None:
    for user in (UserFactory(confirmed=False), UserFactory(is_active=False)):
        assert confirmed_account(user.email) is None

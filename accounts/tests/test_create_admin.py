from __future__ import annotations

import io
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from accounts.management.commands.create_admin import PASSWORD_VARIABLE
from accounts.models import User
from accounts.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def _create(monkeypatch: pytest.MonkeyPatch, *, typed: str, **options: Any) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    output = io.StringIO()
    call_command("create_admin", stdout=output, **options)
    return output.getvalue()


def test_the_password_comes_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    said = _create(monkeypatch, typed=f"{PASSWORD}\n", email="First@Example.org")

    user = User.objects.get()
    assert (user.email, user.is_superuser, user.is_staff) == ("first@example.org", True, True)
    assert user.role_names == {"Administrators"}
    assert user.check_password(PASSWORD)
    assert EmailAddress.objects.get(user=user).verified
    assert "first@example.org" in said
    assert PASSWORD not in said


def test_the_password_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    _create(monkeypatch, typed="", email="first@example.org")
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("email", "typed"), [("first@example.org", "letmein12345"), ("first@example.org", ""), ("", PASSWORD)]
)
def test_a_weak_password_and_a_missing_address_are_refused(
    monkeypatch: pytest.MonkeyPatch, email: str, typed: str
) -> None:
    with pytest.raises(CommandError):
        _create(monkeypatch, typed=typed, email=email)
    assert not User.objects.exists()


def test_an_account_that_exists_is_not_raised_to_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    user = UserFactory(email="first@example.org")
    with pytest.raises(CommandError):
        _create(monkeypatch, typed=PASSWORD, email="first@example.org")
    user.refresh_from_db()
    assert not user.is_superuser

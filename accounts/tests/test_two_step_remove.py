from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from accounts.tests.factories import UserFactory
from accounts.tests.security.people import is_signed_in, with_app
from audit.models import Event

pytestmark = pytest.mark.django_db


def test_who_has_lost_everything_signs_in_by_password_and_nobody_else_stays_signed_in(client: Client) -> None:
    user = with_app(UserFactory.create())
    client.force_login(user)
    call_command("two_step_remove", user.email.upper())
    assert not User.objects.get(pk=user.pk).has_two_step
    assert not is_signed_in(client)
    assert Event.objects.get(action="two_step.removed").object_id == str(user.public_id)


def test_an_unknown_address_and_an_account_without_it_are_refused() -> None:
    with pytest.raises(CommandError, match="no account"):
        call_command("two_step_remove", "nobody@example.org")
    with pytest.raises(CommandError, match="no two-step"):
        call_command("two_step_remove", UserFactory.create().email)

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from devtools.testing.browser import Complaints
from notifications.states import MessageStatus
from notifications.tests.factories import MessageFactory
from tests.journeys.scenes import keep_picture, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_operator_retries_a_dead_letter_without_javascript(
    new_context: Callable[..., BrowserContext], site_url: str, complaints: Complaints
) -> None:
    message = MessageFactory(status=MessageStatus.FAILED, attempts=16, last_error="SMTPServerDisconnected")
    operator = UserFactory.create(roles=[Role.ADMINISTRATOR])
    page = sign_in(new_context(java_script_enabled=False), operator).new_page()
    page.goto("/admin/operations/")
    expect(page.get_by_text("One message was given up.")).to_be_visible()
    keep_picture(page, "operations")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("is tried again now")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    message.refresh_from_db()
    assert message.status == MessageStatus.QUEUED

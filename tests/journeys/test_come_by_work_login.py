"""Who works here connects the sign-in that they have at work, comes by it, and is out once it knows them no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from accounts import services
from accounts.models import OutsideIdentity, OutsideTokens, User
from accounts.roles import Role
from accounts.tests.factories import PASSWORD, UserFactory
from common import clock
from devtools.testing.browser import Complaints
from integrations.oidc import work
from integrations.tests.oidc.foreign import CLIENT, Foreign, running

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "a secret: of theirs/ours"
SECURITY = "/account/security/"


def test_whoever_leaves_their_work_is_out_here(
    new_context: Callable[..., BrowserContext],
    assert_accessible: Callable[[Page], None],
    complaints: Complaints,
    settings: Any,
) -> None:
    # The provider's own page is not ours: it wants a style sheet from elsewhere.
    complaints.allow("jsdelivr.net")
    complaints.allow("ERR_NAME_NOT_RESOLVED")
    user = UserFactory.create(email="ada@example.org")
    services.role_grant(actor=None, user_id=user.public_id, role=Role.BILLING_OFFICER)
    with running(secret=SECRET) as employer:
        settings.WORK_LOGIN = work.Configuration(
            issuer=employer.issuer, client_id=CLIENT, client_secret=SECRET, name="Riverside account"
        )
        employer.knows("ada", level="P0", email=user.email)
        page = new_context().new_page()
        _connect(page, user, assert_accessible)
        page.get_by_role("button", name="Sign out", exact=True).first.click()
        page.wait_for_url("**/")
        _sign_in_at_work(page)
        page.goto(SECURITY)
        expect(page.get_by_role("button", name="Disconnect Riverside account")).to_be_visible()
        _leave(page, employer)
    assert employer.refusals == []


def _sign_in_at_work(page: Page) -> None:
    page.goto(f"/account/login/?next={SECURITY}")
    page.get_by_role("link", name="Sign in with your Riverside account").click()
    page.get_by_placeholder("sub").fill("ada")
    page.get_by_role("button", name="Authorize").click()


def _connect(page: Page, user: User, check: Callable[[Page], None]) -> None:
    """The same address opens nothing: its owner signs in, and says so."""
    _sign_in_at_work(page)
    expect(page.get_by_role("heading", name="Sign in first, then connect")).to_be_visible()
    check(page)
    assert not OutsideIdentity.objects.exists()
    page.get_by_role("link", name="Sign in and connect").click()
    page.get_by_label("Email address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Connect your Riverside account?")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text("Your account is connected to your Riverside account.")).to_be_visible()
    assert OutsideIdentity.objects.get().user == user


def _leave(page: Page, employer: Foreign) -> None:
    employer.forgets("ada")
    OutsideTokens.objects.update(good_until=clock.now())
    assert services.outside_tokens_sweep() == 1
    page.reload()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    # The account itself stays: closing it is an administrator's decision.
    assert (OutsideIdentity.objects.get().ended_at is None, User.objects.get().is_active) == (False, True)

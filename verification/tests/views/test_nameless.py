"""A colleague who has given no name is not called by the address that they sign in with."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from common import clock
from verification.states import ItemKind, Status
from verification.tests.factories import case_in, item_in, officer
from verification.tests.views.desk import QUEUE, REASON, act, case_path, signed_in

pytestmark = pytest.mark.django_db

# Whoever gives a case away has to tell two nameless colleagues apart.
CHOICES = re.compile(r"<option.*?</option>", re.DOTALL)


def test_neither_in_refusals_nor_on_pages() -> None:
    nameless = UserFactory.create(first_name="", last_name="", roles=[Role.VERIFICATION_OFFICER])
    decided = case_in(Status.VERIFIED, decided_by=nameless, ready=True)
    case = case_in(
        Status.PENDING, claimed_by=nameless, ready=True, first_approved_by=nameless, first_approved_at=clock.now()
    )
    item_in(case, ItemKind.IDENTITY, checked_by=nameless)
    client = signed_in(officer())

    said = [act(client, case, action, REASON).content.decode() for action in ("row_claim", "release", "reject")]
    paths = (QUEUE, case_path(case), case_path(decided), reverse("verification:report"))
    said += [client.get(path).content.decode() for path in paths]

    for page in said:
        assert nameless.shown_name in page
        assert nameless.email not in CHOICES.sub("", page)
